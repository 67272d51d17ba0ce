/**
 * A request as if its client had asked for another model.
 *
 * @module
 */
import { createAttachment } from '../core/attachment.ts'
import { stringOf } from '../core/json.ts'
import { inheritCaller } from './caller.ts'
import { forgetText, withBody, type RequestFacts } from './facts.ts'

const originals = createAttachment<RequestFacts, RequestFacts>('original')

/** The facts with the model replaced where the protocol keeps it: in the URL, or in the body, whose bytes are made when they are asked for. */
export function askingFor(facts: RequestFacts, model: string): RequestFacts {
  const { protocol, route, body } = facts
  const renamed =
    route.model === undefined
      ? Object.assign(Object.create(REWRITTEN) as typeof REWRITTEN, { protocol, route, body: { ...body, model } })
      : Object.assign(Object.create(RENAMED) as typeof RENAMED, { protocol, route: { ...route, model }, bytes: facts.bytes, body })
  originals.set(renamed, originalOf(facts))
  return renamed
}

const originalOf = (facts: RequestFacts): RequestFacts => originals.get(facts) ?? facts

/** How long the client's body is, in bytes: those of a renamed request would have to be made first. */
export const lengthAsked = (facts: RequestFacts): number => originalOf(facts).bytes.length

/** Hardly anybody looks at what was asked once it has been sent. */
export const forgetAsked = (facts: RequestFacts): void => forgetText(originalOf(facts))

const made = createAttachment<RequestFacts, Uint8Array>('bytes')

/** Prototypes': an object with a getter of its own is dear to make, and is kept for long. */
const RENAMED = {
  get text(): string {
    return originalOf(this as unknown as RequestFacts).text
  },
}
const REWRITTEN = Object.create(RENAMED, {
  bytes: {
    get(this: RequestFacts): Uint8Array {
      let bytes = made.get(this)
      if (!bytes) made.set(this, (bytes = bytesNaming(this, stringOf(this.body.model) ?? '')))
      return bytes
    },
  },
}) as typeof RENAMED & Pick<RequestFacts, 'bytes'>

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
