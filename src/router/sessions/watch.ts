/**
 * Looks at an answer on its way to the client, which gets every byte as it comes.
 *
 * @module
 */
import type { ByteSource } from '../../core/byte-source.ts'
import { throughBody } from '../../core/respond.ts'
import type { JsonObject } from '../../core/json.ts'
import { attachOutcome, outcomeOf } from '../outcome.ts'
import { watchEvents, watchWhole, type Watcher } from './terminal.ts'

/** The same answer. `found` is called with its finished response before the client can have read all of it. */
export function watchAnswer(answer: Response, found: (response: JsonObject) => void): Response {
  if (!answer.ok || answer.bodyUsed) return answer
  const watcher = answer.headers.get('content-type')?.includes('event-stream') ? watchEvents(found) : watchWhole(found)
  const outcome = outcomeOf(answer)
  const passed = throughBody(answer, (source) => {
    if (source.whole === undefined) return watched(source, watcher)
    watcher.see(source.whole)
    watcher.end()
    return source
  })
  return outcome ? attachOutcome(passed, outcome) : passed
}

const watched = (source: ByteSource, watcher: Watcher): ByteSource => ({
  start: (sink) =>
    source.start({
      write(chunk) {
        watcher.see(chunk)
        sink.write(chunk)
      },
      end() {
        watcher.end()
        sink.end()
      },
      fail: (error) => sink.fail(error),
    }),
  pause: () => source.pause(),
  resume: () => source.resume(),
  cancel: (reason) => source.cancel(reason),
})
