/**
 * Looks at an answer on its way to the client, which gets every byte as it comes.
 *
 * @module
 */
import type { JsonObject } from '../../core/json.ts'
import { overhear } from '../overhear.ts'
import { watchEvents, watchWhole } from './terminal.ts'

/** The same answer. `found` is called with its finished response before the client can have read all of it. */
export function watchAnswer(answer: Response, found: (response: JsonObject) => void): Response {
  if (!answer.ok || answer.bodyUsed) return answer
  return overhear(answer, answer.headers.get('content-type')?.includes('event-stream') ? watchEvents(found) : watchWhole(found))
}
