/**
 * Which key has made what a provider keeps: files, batches, conversations and the like. A provider knows the account alone, and would show to
 * one key what another one has made. In memory: what was made before the server began, or elsewhere, nobody knows of.
 *
 * @module
 */
import type { ByteSource } from '../../core/byte-source.ts'
import { fail } from '../../core/failure.ts'
import { objectOf, stringOf, tryParse } from '../../core/json.ts'
import { throughBody } from '../../core/respond.ts'
import type { ResponseStore } from '../../router/sessions/store.ts'

export interface Makers {
  note(id: string, key: string): void
  /** The name of the key that made it; `undefined` where nobody knows. */
  of(id: string): string | undefined
  isEmpty(): boolean
  /** Whether there may be one of them in a text of JSON: a look that costs next to nothing, before one that costs a millisecond for 200 KB. */
  mayBeIn(text: string): boolean
}

/** So many are remembered; the oldest are forgotten. */
const MOST = 50_000
/** Most providers begin all ids of a kind alike: `file-`, `resp_`. Of those that do not there are soon too many. */
const BEGINNING = 5
const MOST_BEGINNINGS = 16
/** Any letter may be written so. */
const ESCAPE = '\\u'

export function createMakers(most = MOST): Makers {
  const makers = new Map<string, string>()
  const beginnings = new Set<string>()
  return {
    note(id, key) {
      if (beginnings.size <= MOST_BEGINNINGS) beginnings.add(id.slice(0, BEGINNING))
      makers.delete(id)
      makers.set(id, key)
      if (makers.size > most) makers.delete(makers.keys().next().value!)
    },
    of: (id) => makers.get(id),
    isEmpty: () => !makers.size,
    mayBeIn: (text) =>
      beginnings.size > MOST_BEGINNINGS || text.includes(ESCAPE) || [...beginnings].some((beginning) => text.includes(beginning)),
  }
}

/** Answers that tell of something new are short. */
const MAX_LENGTH = 64 * 1024

/** What an answer tells of that was there before: what its question names is not made by it. */
export interface Asked {
  path: readonly string[]
  /** The question's JSON. */
  text: string
}

/** The same answer. What it says was made is noted before its client can have read all of it. `hasNames`: it is Gemini's, whose names are ids. */
export function noteMade(answer: Response, asked: Asked, hasNames: boolean, note: (id: string) => void): Response {
  if (!answer.ok || !/\bjson\b/.test(answer.headers.get('content-type') ?? '')) return answer
  const decoder = new TextDecoder()
  let text = ''
  const see = (chunk: Uint8Array | string) => {
    if (text.length <= MAX_LENGTH) text += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })
  }
  const end = () => {
    const made = objectOf(tryParse(text))
    for (const object of [made, objectOf(made?.['file'])]) {
      const id = stringOf(object?.['id'])
      if (id !== undefined && !asked.path.includes(id) && !isIn(asked.text, id)) note(id)
      // Gemini's clients may say how a file is to be called; elsewhere a name is what people call something.
      const name = hasNames ? stringOf(object?.['name']) : undefined
      if (name !== undefined && /^\w+\/[\w-]+$/.test(name) && !asked.path.includes(name)) note(name)
    }
  }
  return throughBody(answer, (source) => listening(source, see, end))
}

const listening = (source: ByteSource, see: (chunk: Uint8Array | string) => void, end: () => void): ByteSource => {
  if (source.whole !== undefined) {
    see(source.whole)
    end()
    return source
  }
  return {
    ...source,
    start: (sink) =>
      source.start({
        write(chunk) {
          see(chunk)
          sink.write(chunk)
        },
        end() {
          end()
          sink.end()
        },
        fail: (error) => sink.fail(error),
      }),
  }
}

/** The store, whose owners are keys: what is put into it the provider may have kept, too. */
export const notingStore = (store: ResponseStore, makers: Makers): ResponseStore => ({
  get: (owner, id) => store.get(owner, id),
  put(owner, stored) {
    makers.note(stored.id, owner)
    return store.put(owner, stored)
  },
  delete: (owner, id) => store.delete(owner, id),
  list: (owner) => store.list(owner),
})

/** The ids that a path may hold: its segments, and Gemini's folders with the name behind them. */
export function idsInPath(path: string): string[] {
  const segments = path.split('/').map((segment) => segment.replace(/:\w+$/, ''))
  return segments.flatMap((segment, index) => [segment, `${segments[index - 1]}/${segment}`])
}

/** A text in JSON that may be an id, or the address of something. Any other escape than these would make it neither: JSON in JSON is full of them. */
const VALUE = /"((?:[\w:/.~-]|\\(?:\/|u[\da-f]{4})){4,300})"/gi

export function* idsInJson(text: string): Generator<string, void> {
  for (const [quoted, plain] of text.matchAll(VALUE)) {
    const value = plain!.includes('\\') ? stringOf(tryParse(quoted)) : plain!
    if (value === undefined) continue
    yield value
    // Paths of other things may end alike: `/home/me/files/readme`.
    if (value.includes('://')) yield value.slice(value.lastIndexOf('/', value.lastIndexOf('/') - 1) + 1)
  }
}

function isIn(text: string, id: string): boolean {
  for (const found of idsInJson(text)) if (found === id) return true
  return false
}

/** @throws FailureError 404 where one of them was made by another key */
export function refuseOthers(ids: Iterable<string>, key: string, makers: Makers): void {
  for (const id of ids)
    if ((makers.of(id) ?? key) !== key)
      fail({
        kind: 'not-found',
        message: `cc-route: ${id} was made with another key of this server, and is not there for yours. Whoever runs it may allow it with "passOn": true.`,
        retryable: false,
      })
}
