/**
 * A request as if its client had asked for another model.
 *
 * @module
 */
import { createAttachment } from '../core/attachment.ts'
import type { JsonObject } from '../core/json.ts'
import { inheritCaller } from './caller.ts'
import { withBody } from './facts.ts'
import { bodyOf, bytesOf, madeOf, settingsOf, type RequestFacts } from './request-facts.ts'

const originals = createAttachment<RequestFacts, RequestFacts>('original')

/** The facts with the model replaced where the protocol keeps it: in the URL, or in the body, whose bytes are made when they are asked for. */
export function askingFor(facts: RequestFacts, model: string): RequestFacts {
  const { protocol, route } = facts
  const renamed =
    route.model === undefined
      ? Object.assign(Object.create(REWRITTEN) as typeof REWRITTEN, { protocol, route })
      : Object.assign(Object.create(RENAMED) as typeof RENAMED, { protocol, route: { ...route, model } })
  originals.set(renamed, originalOf(facts))
  names.set(renamed, model)
  return madeOf(renamed, facts)
}

/** The model that a body names in the client's place. */
const names = createAttachment<RequestFacts, string>('model')

const originalOf = (facts: RequestFacts): RequestFacts => originals.get(facts) ?? facts

/** How long the client's body is, in bytes: those of a renamed request would have to be made first. */
export const lengthAsked = (facts: RequestFacts): number => originalOf(facts).bytes.length

/** Prototypes': an object with a getter of its own is dear to make, and is kept for long. */
const RENAMED = {
  get text(): string {
    return originalOf(this as unknown as RequestFacts).text
  },
  get bytes(): Uint8Array {
    return originalOf(this as unknown as RequestFacts).bytes
  },
  get body(): JsonObject {
    return originalOf(this as unknown as RequestFacts).body
  },
  get settings(): JsonObject {
    return originalOf(this as unknown as RequestFacts).settings
  },
}
const REWRITTEN = Object.create(
  RENAMED,
  Object.getOwnPropertyDescriptors({
    get bytes(): Uint8Array {
      return bytesOf(this as unknown as RequestFacts, (facts) => bytesNaming(facts, names.get(facts) ?? ''))
    },
    get body(): JsonObject {
      return bodyOf(this as unknown as RequestFacts, (facts) => ({ ...originalOf(facts).body, model: names.get(facts) }))
    },
    get settings(): JsonObject {
      return settingsOf(this as unknown as RequestFacts, (facts) => ({ ...originalOf(facts).settings, model: names.get(facts) }))
    },
  }),
) as typeof RENAMED

/**
 * The bytes of a body with another model in it. Where only one place can be the model's, just that is replaced: to write 150 KB anew takes
 * ten times as long.
 */
export function bytesNaming(facts: RequestFacts, model: string): Uint8Array<ArrayBuffer> {
  const { text, body, bytes } = originalOf(facts)
  const encoder = new TextEncoder()
  const place = placeOfModel(text, body.model)
  if (!place || bytes[0] === BYTE_ORDER_MARK) return encoder.encode(JSON.stringify({ ...body, model }))
  const { from, length } = place
  // without letters of several bytes a place is the same in text and bytes
  const isPlain = text.length === bytes.length
  const sizeOf = (start: number, end: number) => (isPlain ? end - start : encoder.encode(text.slice(start, end)).length)
  const start = sizeOf(0, from)
  const end = start + sizeOf(from, from + length)
  const name = encoder.encode(JSON.stringify(model))
  const named = new Uint8Array(bytes.length - (end - start) + name.length)
  named.set(bytes.subarray(0, start))
  named.set(name, start)
  named.set(bytes.subarray(end), start + name.length)
  return named
}

const BYTE_ORDER_MARK = 0xef

/** A key, and not the end of one with a quote in it: of what stands in quotes each quote has a backslash before it. */
const MODEL = /(?<!\\)"model"[ \t\r\n]*:[ \t\r\n]*("(?:[^"\\]|\\.)*")/g

/** Where the only `model` stands that says just this; `undefined` where there are several, or where a key may be spelled in another way. */
function placeOfModel(text: string, model: unknown): { from: number; length: number } | undefined {
  // what the letters of the key would begin with if they were escaped
  if (typeof model !== 'string' || text.includes('u006')) return undefined
  MODEL.lastIndex = 0
  const said = MODEL.exec(text)?.[1]
  const from = MODEL.lastIndex - (said?.length ?? 0)
  return said === undefined || MODEL.test(text) || JSON.parse(said) !== model ? undefined : { from, length: said.length }
}

/** The request as these facts tell it, for whoever reads only the request: its body, and its URL where the model stands there. */
export function requestFor(request: Request, facts: RequestFacts, signal: AbortSignal): Request {
  const { model } = facts.route
  const url = new URL(request.url)
  if (model !== undefined) {
    const [, start, end] = /^(.*\/models\/).+(:\w+)$/.exec(url.pathname) ?? []
    if (start !== undefined) url.pathname = `${start}${encodeURIComponent(model)}${end}`
  }
  const { method, headers } = request
  const made = withBody(new Request(url, { method, headers, signal }), facts)
  inheritCaller(request, made)
  return made
}
