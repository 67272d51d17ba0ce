/**
 * The list of models, as each vendor's clients expect it.
 *
 * @module
 */
import type { ProtocolName } from '../core/chat.ts'
import { fail } from '../core/failure.ts'
import type { JsonObject } from '../core/json.ts'

/** A model that clients may ask for. */
export interface Model {
  id: string
  /** For people. Default: the id. */
  title?: string
  /** Whose it is. Default `cc-route`. */
  owner?: string
}

/** `/v1/models` or `/v1/models/{id}`, also under `/v1beta` and `/v1alpha`. */
const MODELS_PATH = /^\/(?:v1|v1beta|v1alpha)\/models(?:\/(.+?))?\/?$/

/** What a path asks of the list; `undefined` where it is no path of it. `id` is absent for the whole list. */
export function modelsPath(pathname: string): { id?: string } | undefined {
  const match = MODELS_PATH.exec(pathname)
  if (!match) return undefined
  if (match[1] === undefined) return {}
  try {
    return { id: decodeURIComponent(match[1]) }
  } catch {
    return undefined
  }
}

/** Which vendor's list a client expects. The path is the same for two of them, so that the headers decide. */
export function listProtocol(request: Request, url: URL): ProtocolName {
  if (!url.pathname.startsWith('/v1/') || request.headers.has('x-goog-api-key') || url.searchParams.has('key')) return 'gemini'
  return request.headers.has('anthropic-version') || request.headers.has('x-api-key') ? 'claude' : 'openai'
}

/**
 * Answers a request for the list, or for one model.
 *
 * @throws FailureError 404 for an unknown id
 */
export function answerModels(models: readonly Model[], ask: { id?: string; protocol: ProtocolName; query: URLSearchParams }): JsonObject {
  const { id, protocol, query } = ask
  const shape = SHAPES[protocol]
  if (id === undefined) return shape.list(models, query)
  const model = models.find((candidate) => candidate.id === id)
  return shape.one(
    model ?? fail({ kind: 'not-found', message: `model: ${id} is not known here.`, code: 'model_not_found', param: 'model' }),
  )
}

interface Shape {
  one(model: Model): JsonObject
  list(models: readonly Model[], query: URLSearchParams): JsonObject
}

/** @see https://platform.claude.com/docs/en/api/models-list */
const claudeShape: Shape = {
  // Anthropic's documentation: an epoch value where the release date is unknown.
  one: ({ id, title }) => ({ type: 'model', id, display_name: title ?? id, created_at: '1970-01-01T00:00:00Z' }),
  list(models, query) {
    const limit = count(query.get('limit'), 20, 1000)
    const place = (name: string) => models.findIndex((model) => model.id === query.get(name))
    const after = query.has('after_id') ? place('after_id') + 1 : 0
    const before = query.has('before_id') ? Math.max(0, place('before_id')) : models.length
    const range = models.slice(after, before)
    const page = query.has('before_id') ? range.slice(-limit) : range.slice(0, limit)
    return {
      data: page.map(claudeShape.one),
      has_more: page.length < range.length,
      first_id: page[0]?.id ?? null,
      last_id: page.at(-1)?.id ?? null,
    }
  },
}

/** @see https://platform.openai.com/docs/api-reference/models/list */
const openaiShape: Shape = {
  one: ({ id, owner }) => ({ id, object: 'model', created: 0, owned_by: owner ?? 'cc-route' }),
  list: (models) => ({ object: 'list', data: models.map(openaiShape.one) }),
}

/** @see https://ai.google.dev/api/models */
const geminiShape: Shape = {
  one: ({ id, title }) => ({
    name: `models/${id}`,
    version: '001',
    displayName: title ?? id,
    supportedGenerationMethods: ['generateContent', 'countTokens'],
  }),
  list(models, query) {
    const size = count(query.get('pageSize'), 50, 1000)
    const from = count(query.get('pageToken'), 0, models.length)
    const next = from + size
    return { models: models.slice(from, next).map(geminiShape.one), ...(next < models.length && { nextPageToken: String(next) }) }
  },
}

const SHAPES: Record<ProtocolName, Shape> = {
  claude: claudeShape,
  openai: openaiShape,
  'openai-responses': openaiShape,
  gemini: geminiShape,
}

const count = (text: string | null, usual: number, most: number): number =>
  text !== null && /^\d+$/.test(text) && text !== '0' ? Math.min(Number(text), most) : usual
