/**
 * The models that a configuration offers.
 *
 * @module
 */
import { aliasOf, type Model } from '../models/models.ts'
import type { Config } from './settle.ts'

/** What clients may ask for, the default endpoint's first; and which model each further id of one stands for. */
export function modelsOf({ endpoints, routes }: Config): { models: Model[]; ids: Record<string, string> } {
  const used = Object.entries(endpoints).filter(([, { enabled }]) => enabled !== false)
  const usual = typeof routes?.default === 'string' ? routes.default.toLowerCase() : used[0]?.[0].toLowerCase()
  const models = used
    .toSorted(([a], [b]) => Number(b.toLowerCase() === usual) - Number(a.toLowerCase() === usual))
    .flatMap(([name, { model, models = {}, capabilities }]): Model[] => {
      const own = (id: string, contextWindow = capabilities?.contextWindow): Model => {
        const alias = aliasOf(id)
        return { id, owner: name, ...(alias !== undefined && { alias }), ...(contextWindow !== undefined && { contextWindow }) }
      }
      // A pattern stands for models, and is none.
      const clients = Object.entries(models).flatMap(([id, said]) =>
        id.includes('*') ? [] : own(id, typeof said === 'string' ? undefined : said.capabilities?.contextWindow),
      )
      if (model === undefined) return clients
      return [own(name.toLowerCase() === usual ? model : `${name}/${model}`), ...clients]
    })
  const seen = new Set<string>()
  const listed = models.filter(({ id }) => !seen.has(id) && seen.add(id))
  return { models: listed, ids: Object.fromEntries(listed.flatMap(({ id, alias }) => (alias === undefined ? [] : [[alias, id] as const]))) }
}
