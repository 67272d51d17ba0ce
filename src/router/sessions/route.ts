/**
 * The paths of the Responses API that belong to sessions.
 *
 * @module
 */
import { urlOf } from '../fetch.ts'

export type SessionRoute =
  /** A request whose input may go on from an earlier response; only an answer to `create` is kept. */
  { action: 'create' | 'count' | 'compact' } | { action: 'retrieve' | 'delete' | 'cancel' | 'input-items'; id: string }

const PATH = /\/responses(?:\/([^/]+)(?:\/(cancel|input_items))?)?\/*$/

/** What a request asks of sessions; `undefined` where it is nothing to them. */
export function sessionRoute(request: Request): SessionRoute | undefined {
  if (!request.url.includes('/responses')) return undefined
  const [path, name, below] = PATH.exec(urlOf(request).pathname) ?? []
  if (path === undefined) return undefined
  switch (request.method) {
    case 'POST':
      if (name === undefined) return { action: 'create' }
      if (below === 'cancel') return { action: 'cancel', id: decoded(name) }
      return below === undefined && POSTED[name] ? { action: POSTED[name] } : undefined
    case 'GET':
      if (name === undefined || below === 'cancel') return undefined
      return { action: below === 'input_items' ? 'input-items' : 'retrieve', id: decoded(name) }
    case 'DELETE':
      return name === undefined || below !== undefined ? undefined : { action: 'delete', id: decoded(name) }
    default:
      return undefined
  }
}

const POSTED: Record<string, 'count' | 'compact'> = { input_tokens: 'count', compact: 'compact' }

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
