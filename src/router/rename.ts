/**
 * A request as if its client had asked for another model.
 *
 * @module
 */
import { setTenant, tenantOf, withBody, type RequestFacts } from './facts.ts'

/** The facts with the model replaced where the protocol keeps it: in the body, or in the URL. Text and bytes are made when they are asked for. */
export function askingFor(facts: RequestFacts, model: string): RequestFacts {
  const { route } = facts
  if (route.model !== undefined) return { ...facts, route: { ...route, model } }
  let text: string | undefined
  let bytes: Uint8Array | undefined
  return {
    ...facts,
    body: { ...facts.body, model },
    get text() {
      return (text ??= textNaming(facts, model))
    },
    get bytes() {
      return (bytes ??= new TextEncoder().encode(this.text))
    },
  }
}

/**
 * The text of a body with another model in it. Where only one place can be the model's, just that is replaced: to write 150 KB anew takes
 * many times as long.
 */
export function textNaming({ text, body }: Pick<RequestFacts, 'text' | 'body'>, model: string): string {
  const place = typeof body.model === 'string' ? placeOfModel(text) : undefined
  return place ? text.slice(0, place.from) + JSON.stringify(model) + text.slice(place.to) : JSON.stringify({ ...body, model })
}

/** A key, and not the end of one with a quote in it: of what stands in quotes each quote has a backslash before it. */
const MODEL = /(?<!\\)"model"[ \t\r\n]*:[ \t\r\n]*("(?:[^"\\]|\\.)*")/dg

/** Where the only `model` that has a text stands; `undefined` where there are several, or where a key may be spelled in another way. */
function placeOfModel(text: string): { from: number; to: number } | undefined {
  // the letters of the key, escaped
  if (text.includes('\\u006')) return undefined
  MODEL.lastIndex = 0
  const [from, to] = MODEL.exec(text)?.indices?.[1] ?? []
  return from === undefined || MODEL.test(text) ? undefined : { from, to: to! }
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
  setTenant(made, tenantOf(request))
  return made
}
