/**
 * The models that a provider itself lists.
 *
 * @module
 */
import { isObject } from '../../core/json.ts'
import { dialectFor } from '../../transformers/dialects.ts'
import { protocols } from '../../transformers/registry.ts'
import type { Config } from '../config/settle.ts'
import { plainText } from '../log/text.ts'
import { createFetchFor } from './fetch-for.ts'

const ANSWER_MS = 20_000

/** What stands in an address instead of `/models`. */
const GENERATION = /\/(messages|chat\/completions|responses|models\/[^/]*)$/

/** Asks a provider; `error` says why there is no list. */
export async function modelsOfProvider(
  { protocol: name, baseUrl, keys, dialect: asked, headers, proxy }: Config['endpoints'][string],
  usualProxy: string | undefined,
): Promise<{ models?: string[]; error?: string }> {
  const protocol = protocols[name]
  const dialect = dialectFor({ protocol: name, baseUrl, ...(asked !== undefined && { dialect: asked }) })
  const url = new URL(protocol.address(baseUrl, { model: 'any', stream: false, dialect }))
  url.pathname = url.pathname.replace(GENERATION, '/models')
  try {
    const response = await createFetchFor(process.env)(proxy ?? usualProxy)(url.href, {
      headers: { accept: 'application/json', ...protocol.credentials(keys[0]?.key, dialect), ...dialect.headers, ...headers },
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_MS),
    })
    if (!response.ok) return { error: `${url.host} answered with ${response.status} to ${url.pathname}` }
    const body: unknown = await response.json()
    const list = isObject(body) ? (body.data ?? body.models) : body
    const ids = Array.isArray(list) ? list.map((model: unknown) => (isObject(model) ? (model.id ?? model.name) : model)) : undefined
    if (!ids) return { error: `${url.host} answered with something else than a list` }
    return { models: ids.filter((id) => typeof id === 'string').map((id) => plainText(id).replace(/^models\//, '')) }
  } catch (error) {
    const { message, cause } = error as Error
    return { error: `${url.host} could not be asked: ${cause instanceof Error ? cause.message : message}` }
  }
}
