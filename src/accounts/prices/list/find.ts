/**
 * Finds providers and models in the price list.
 *
 * @module
 */
import type { ListedModel, ListedProvider } from './listed.ts'
import { matches } from './match.ts'

export interface PriceList {
  /** The one of that name, or address of an API. */
  provider(nameOrUrl: string): ListedProvider | undefined
  /** Whose model it is by its name. */
  makerOf(model: string): ListedProvider | undefined
  /** A provider's model; also where it is another provider's that this one serves. */
  model(provider: ListedProvider, name: string): ListedModel | undefined
}

export function createPriceList(providers: readonly ListedProvider[]): PriceList {
  const parsed = new Map<ListedProvider, readonly ListedModel[]>()
  const modelsOf = (provider: ListedProvider) => {
    let models = parsed.get(provider)
    if (!models) parsed.set(provider, (models = JSON.parse(provider.models) as ListedModel[]))
    return models
  }
  const own = (provider: ListedProvider, name: string) => modelsOf(provider).find(({ match }) => matches(match, name))
  const model = (provider: ListedProvider, name: string): ListedModel | undefined => {
    const found = own(provider, name)
    if (found) return found
    for (const id of provider.fallback_model_providers ?? []) {
      const other = providers.find((one) => one.id === id)
      const found = other && own(other, name)
      if (found) return found
    }
    return undefined
  }
  return {
    provider(nameOrUrl) {
      if (nameOrUrl.includes('://')) return providers.find(({ api_pattern }) => new RegExp(`^(?:${api_pattern})`).test(nameOrUrl))
      const name = plain(nameOrUrl)
      return (
        providers.find(({ id }) => id === name) ?? providers.find(({ provider_match }) => provider_match && matches(provider_match, name))
      )
    },
    makerOf: (model) => providers.find(({ model_match }) => model_match && matches(model_match, plain(model))),
    model(provider, asked) {
      const name = plain(asked)
      const dashed = withDashes(name)
      return model(provider, name) ?? (dashed === name ? undefined : model(provider, dashed))
    },
  }
}

const plain = (name: string): string => name.trim().toLowerCase()

/** `-20250929` as `-2025-09-29`. */
const withDashes = (name: string): string =>
  name.replaceAll(/-(20\d\d)(\d\d)(\d\d)(?=[-:]|$)/g, (found, year: string, month: string, day: string) =>
    isDate(+year, +month, +day) ? `-${year}-${month}-${day}` : found,
  )

function isDate(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day))
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}
