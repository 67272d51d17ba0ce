/**
 * Prices, and what they are multiplied with.
 *
 * @module
 */
import type { ConfigInput } from '../config/schema.ts'
import { filled, type EndpointInput } from './imported.ts'
import type { Section } from './section.ts'

type PricesByModel = NonNullable<NonNullable<ConfigInput['prices']>['models']>
type Kind = 'input' | 'output' | 'cacheRead' | 'cacheWrite'

/** @param per for how many tokens theirs are */
export function pricesOf(
  table: Section,
  { fields, per, patternOf }: { fields: Readonly<Record<Kind, string>>; per: number; patternOf: (model: string) => string },
): PricesByModel {
  return Object.fromEntries(
    table.names().flatMap((model): [string, PricesByModel[string]][] => {
      const section = table.section(model)
      const kind = (name: Kind) => amountIn(section, fields[name], 1_000_000 / per)
      const { input, output, ...cache } = {
        input: kind('input'),
        output: kind('output'),
        cacheRead: kind('cacheRead'),
        cacheWrite: kind('cacheWrite'),
      }
      if (!model.trim() || (input ?? output) === undefined) return []
      return [[patternOf(model), { input: input ?? 0, output: output ?? 0, ...filled(cache) }]]
    }),
  )
}

/** `_default` is for all models; a name is for all that begin with it. */
export const beginsWith = (model: string): string => (model === '_default' ? '*' : model.includes('*') ? model : `${model}*`)

const MULTIPLIERS: Readonly<Record<Kind, string>> = {
  input: 'inputMultiplier',
  output: 'outputMultiplier',
  cacheRead: 'cacheReadMultiplier',
  cacheWrite: 'cacheCreationMultiplier',
}

export function multipliersOf(table: Section): EndpointInput['priceMultipliers'] {
  const byModel = table.names().flatMap((model) => {
    const section = table.section(model)
    const said = Object.entries(MULTIPLIERS).flatMap(([kind, field]) => {
      const factor = amountIn(section, field, 1)
      return factor === undefined ? [] : [[kind, factor]]
    })
    return model.trim() && said.length ? [[beginsWith(model), Object.fromEntries(said) as Record<Kind, number>] as const] : []
  })
  return Object.fromEntries(byModel)
}

/** An amount from nothing up, without what floating point adds to it. */
function amountIn(section: Section, field: string, times: number): number | undefined {
  const amount = section.number(field)
  if (amount === undefined) return undefined
  if (amount >= 0) return Number((amount * times).toPrecision(12))
  section.note('is less than nothing, and is not carried over', field)
  return undefined
}
