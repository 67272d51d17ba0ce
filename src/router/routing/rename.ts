/**
 * A request as if its client had asked for another model.
 *
 * @module
 */
import { withBody, type RequestFacts } from '../facts.ts'

/** The facts with the model replaced where the protocol keeps it: in the body, or in the URL. */
export function askingFor(facts: RequestFacts, model: string): RequestFacts {
  const { route } = facts
  if (route.model !== undefined) return { ...facts, route: { ...route, model } }
  const body = { ...facts.body, model }
  const text = JSON.stringify(body)
  return { ...facts, body, text, bytes: new TextEncoder().encode(text) }
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
  return withBody(new Request(url, { method, headers, signal }), facts)
}
