/**
 * Looks at an answer on its way to the client, which gets every byte as it comes.
 *
 * @module
 */
import { respondText, respondWith, takeSource, type ByteSource } from '../../core/byte-source.ts'
import type { JsonObject } from '../../core/json.ts'
import { attachOutcome, outcomeOf } from '../outcome.ts'
import { watchEvents, watchWhole, type Watcher } from './terminal.ts'

/** The same answer. `found` is called with its finished response before the client can have read all of it. */
export function watchAnswer(answer: Response, found: (response: JsonObject) => void): Response {
  if (!answer.ok || answer.bodyUsed) return answer
  const { status, statusText, headers } = answer
  const watcher = headers.get('content-type')?.includes('event-stream') ? watchEvents(found) : watchWhole(found)
  const outcome = outcomeOf(answer)
  const source = takeSource(answer)
  if (!source) return answer
  const init = { status, statusText, headers }
  const passed = source.whole === undefined ? respondWith(watched(source, watcher), init) : respondText(seen(source.whole, watcher), init)
  return outcome ? attachOutcome(passed, outcome) : passed
}

function seen(whole: string, watcher: Watcher): string {
  watcher.see(whole)
  watcher.end()
  return whole
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
