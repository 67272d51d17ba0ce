/**
 * The list of models, as each vendor's clients expect it.
 *
 * @module
 */
import type { ProtocolName } from '../../core/chat.ts'
import { fail } from '../../core/failure.ts'
import type { JsonObject } from '../../core/json.ts'
import { protocolInHeaders } from '../../router/facts.ts'
import type { Place } from '../paths.ts'
import { asksForCatalogue, catalogueEntry } from './codex-models.ts'

/** A model that clients may ask for. */
export interface Model {
  id: string
  /** For people. Default: the id. */
  title?: string
  /** Whose it is. Default `cc-route`. */
  owner?: string
  /** How many tokens fit into it. */
  contextWindow?: number
  /**
   * Another id of it, which the app takes as well. Listed beside the id for Claude Code, which shows only models that have
   * `claude` or `anthropic` in their ids.
   */
  alias?: string
}

/** An id for a model under which Claude Code shows it; `undefined` where its own will do. */
export const aliasOf = (id: string): string | undefined => (/claude|anthropic/i.test(id) ? undefined : `anthropic/${id}`)

/** `/v1/models` or `/v1/models/{id}`, also under `/v1beta` and `/v1alpha`, or without a version. */
const MODELS_PATH = /^(?:\/v1|\/v1beta|\/v1alpha)?\/models(?:\/(.+?))?\/?$/

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

/** What a request asks of the list. */
export interface ListAsk {
  /** Absent for the whole list. */
  id?: string
  protocol: ProtocolName
  query: URLSearchParams
  /** Whoever asks wants more than the protocol's list. */
  client?: 'codex' | 'claude-code'
}

/** Reads a request for the list. The path is the same for several vendors' clients: where no prefix tells, the headers decide. */
export function listAsk(request: Request, { url, path, protocol }: Place, id: string | undefined): ListAsk {
  const query = url.searchParams
  const ask = { query, ...(id !== undefined && { id }) }
  if (asksForCatalogue(request, query)) return { ...ask, protocol: 'openai-responses', client: 'codex' }
  if (/^claude-(code|cli)\b/i.test(request.headers.get('user-agent') ?? '')) return { ...ask, protocol: 'claude', client: 'claude-code' }
  if (protocol) return { ...ask, protocol }
  if (/^\/v1\w/.test(path) || query.has('key')) return { ...ask, protocol: 'gemini' }
  return { ...ask, protocol: protocolInHeaders(request) }
}

/**
 * Answers a request for the list, or for one model.
 *
 * @throws FailureError 404 for an unknown id
 */
export function answerModels(models: readonly Model[], { id, protocol, query, client }: ListAsk): JsonObject {
  const shape = SHAPES[protocol]
  if (id !== undefined) {
    const model = withAliases(models).find((candidate) => candidate.id === id)
    return shape.one(
      model ?? fail({ kind: 'not-found', message: `model: ${id} is not known here.`, code: 'model_not_found', param: 'model' }),
    )
  }
  const list = shape.list(client === 'claude-code' ? withAliases(models) : models, query)
  // Codex reads `models`, and everybody else who asks in its name reads `data`.
  return client === 'codex' ? { ...list, models: models.map(catalogueEntry) } : list
}

const withAliases = (models: readonly Model[]): Model[] =>
  models.flatMap((model) => (model.alias === undefined ? model : [model, { ...model, id: model.alias, title: model.title ?? model.id }]))

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
