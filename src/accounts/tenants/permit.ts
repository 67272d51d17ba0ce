/**
 * What a key may use: its own limits, and those of its group.
 *
 * @module
 */
import type { Permit } from '../../router/caller.ts'
import { allowedBy, endsAllowed } from './allowed.ts'
import type { TenantLimits } from './tenant.ts'

/** Whose limits these are. */
export interface Scope {
  /** Names it in errors and counters: `key ann`, `group interns`. */
  name: string
  limits: TenantLimits
}

export interface Access {
  /** Absent: it may use everything. */
  permit?: Permit
  /** Only some models may be used. */
  isOfModels: boolean
  /** Why a request may not leave the model to others; `undefined`: it may. */
  unnamed?: string
  /** Why a model may not be asked for by this name; `undefined`: it may. `plainly`: no endpoint may stand before it. */
  model(asked: string, plainly: boolean): string | undefined
}

const LISTS = ['models', 'routes', 'endpoints'] as const
type List = (typeof LISTS)[number]

/** What all of the scopes allow. */
export function accessOf(scopes: readonly Scope[]): Access {
  const rules = scopes.flatMap(({ name, limits }) =>
    LISTS.flatMap((list) => {
      const patterns = limits[list]
      const isAllowed = allowedBy(patterns)
      return isAllowed ? [{ list, isAllowed, words: `The ${name} may use the ${list} ${patterns!.join(', ') || '(none)'}` }] : []
    }),
  )
  const against = (list: List, name: string, what: string, fits = (isAllowed: (name: string) => boolean) => isAllowed(name)) => {
    const broken = rules.find((rule) => rule.list === list && !fits(rule.isAllowed))
    return broken && `cc-route: ${broken.words}, and not ${what}. ${HELP}`
  }
  const isOfModels = rules.some(({ list }) => list === 'models')
  const permit: Permit = {
    endpoint: (name, model = '') =>
      against('endpoints', name, `the endpoint "${name}", which would have answered`) ??
      (isOfModels
        ? against(
            'models',
            model,
            model ? `"${model}", by which "${name}" would have answered` : `whatever "${name}" takes where no model is named`,
          )
        : undefined),
    route: (rule) => against('routes', rule, `"${rule}", which this request takes`),
  }
  return {
    ...(rules.length && { permit }),
    isOfModels,
    ...(isOfModels && { unnamed: 'cc-route: your key may use some models alone, and the request names none. Name one.' }),
    model: (asked, plainly) =>
      against('models', asked, `"${asked}"`, (isAllowed) => (plainly ? isAllowed(asked) : endsAllowed(isAllowed, asked))),
  }
}

const HELP = 'Ask for another one, or whoever runs this server for more.'
