/**
 * What was asked and what was answered, in the log: for those who look for a fault, and have asked for it. It may hold anything.
 *
 * @module
 */
import type { ByteSource } from '../../core/byte-source.ts'
import { respondWith, takeSource } from '../../core/respond.ts'
import { factsOf, withBody } from '../../router/facts.ts'
import { requestOf, type Fetch } from '../../router/fetch.ts'
import { attachOutcome, outcomeOf } from '../../router/outcome.ts'
import { inheritOrigin } from '../safety/connection.ts'
import type { Log } from './log.ts'

/** More of an answer is not kept. */
const MAX_CHARACTERS = 256 * 1024

/**
 * The app, writing a line for each request once its answer has ended: `asked` and `answered`, as they were on the client's wire. Secrets
 * that the log knows are taken out; what is longer than 256 Ki characters is cut.
 */
export function logBodies(app: Fetch, log: Log, maxBodyBytes?: number): Fetch {
  return async (input, init) => {
    const request = requestOf(input, init)
    const facts = await factsOf(request, maxBodyBytes).catch(() => undefined)
    const response = await app(facts ? inheritOrigin(request, withBody(request, facts)) : request)
    const { pathname } = new URL(request.url)
    const tell = (answered: string) =>
      log.info(`${request.method} ${pathname}: bodies`, { status: response.status, asked: facts && cut(facts.text), answered })
    const source = takeSource(response)
    if (!source) {
      tell('')
      return response
    }
    const outcome = outcomeOf(response)
    const { status, statusText, headers } = response
    const told = respondWith(heard(source, tell), { status, statusText, headers })
    return outcome ? attachOutcome(told, outcome) : told
  }
}

/** The same source. `tell` gets its text when it has ended, however it did. */
function heard(source: ByteSource, tell: (text: string) => void): ByteSource {
  const decoder = new TextDecoder()
  let text = ''
  let over = false
  const end = (how = '') => {
    if (over) return
    over = true
    tell(cut(text) + how)
  }
  return {
    start: (sink) =>
      source.start({
        write(chunk) {
          if (text.length <= MAX_CHARACTERS) text += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })
          sink.write(chunk)
        },
        end() {
          end()
          sink.end()
        },
        fail(error) {
          end(' [it broke off]')
          sink.fail(error)
        },
      }),
    pause: () => source.pause(),
    resume: () => source.resume(),
    cancel(reason) {
      end(' [the client went away]')
      source.cancel(reason)
    },
  }
}

/** One more than is written, so that the log says that there was more. */
const cut = (text: string): string => text.slice(0, MAX_CHARACTERS + 1)
