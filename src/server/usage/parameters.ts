/**
 * What a question may say in its URL. Whatever is not understood is refused: a filter that is misspelt and left out would show all.
 *
 * @module
 */
import type { ProtocolName } from '../../core/chat.ts'
import { fail } from '../../core/failure.ts'
import { protocols } from '../../transformers/registry.ts'
import type { Dimension, RecordFilter, SumQuery } from '../../accounts/ledger/store.ts'
import { didYouMean } from '../config/suggest.ts'
import { PERIODS, readMoment, readZone, spanOf, type Period, type Span } from './moments.ts'

export const SPANS = ['hour', 'day', 'week', 'month'] as const
export const ORDERS = ['cost', 'requests', 'tokens'] as const

/** Those that say which records. */
const WHEN = ['from', 'to', 'period', 'zone'] as const
const NAMES = ['model', 'endpoint', 'tenant', 'group', 'session', 'agent'] as const
const FILTERS = [...WHEN, ...NAMES, 'protocol', 'status', 'failed', 'text'] as const

export type Parameter = (typeof FILTERS)[number] | 'by' | 'every' | 'order' | 'limit' | 'before' | 'format'

/** Parameters of all questions about records, and more. */
export const filtersAnd = (...more: readonly Parameter[]): readonly Parameter[] => [...FILTERS, ...more]
/** Those that a question about records to come can have. */
export const LIVE_FILTERS: readonly Parameter[] = [...NAMES, 'protocol', 'status', 'failed']

const MAX_NAME = 300
const MAX_TEXT = 1000

export interface Parameters {
  /** `undefined` where it is not there. */
  text(name: Parameter, most?: number): string | undefined
  whole(name: Parameter, least: number, most: number): number | undefined
  choice<T extends string>(name: Parameter, choices: readonly T[]): T | undefined
  choices<T extends string>(name: Parameter, choices: readonly T[]): readonly T[] | undefined
  /** Which records. `usual` is the span where none is named. */
  filter(usual?: Period): Filter
}

export interface Filter {
  filter: RecordFilter
  /** Minutes east of UTC. */
  zone: number
}

/** @throws FailureError 400 for a parameter that is not among `takes`, is there twice, or has no value */
export function readParameters(query: URLSearchParams, takes: readonly Parameter[], now: number): Parameters {
  for (const name of query.keys()) {
    if (!(takes as readonly string[]).includes(name))
      refuse(`There is no parameter "${name}" here.${didYouMean(name, takes)} There are: ${takes.join(', ') || 'none'}.`, name)
    if (query.getAll(name).length > 1) refuse(`"${name}" is given twice.`, name)
    if (!query.get(name)) refuse(`"${name}" has no value.`, name)
  }
  const text: Parameters['text'] = (name, most = MAX_NAME) => {
    const value = query.get(name) ?? undefined
    if (value !== undefined && value.length > most) refuse(`"${name}" has more than ${most} characters.`, name)
    return value
  }
  const choice: Parameters['choice'] = (name, choices) => {
    const value = text(name)
    if (value === undefined) return undefined
    return choices.find((one) => one === value) ?? refuse(chosen(name, value, choices), name)
  }
  const parameters: Parameters = {
    text,
    choice,
    choices: (name, choices) =>
      text(name)
        ?.split(',')
        .map((value) => choices.find((one) => one === value) ?? refuse(chosen(name, value, choices), name)),
    whole(name, least, most) {
      const value = text(name)
      if (value === undefined) return undefined
      const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN
      return number >= least && number <= most ? number : refuse(`"${name}" takes a whole number from ${least} to ${most}.`, name)
    },
    filter: (usual) => readFilter(parameters, now, usual),
  }
  return parameters
}

const chosen = (name: string, value: string, choices: readonly string[]): string =>
  `"${name}" takes ${choices.join(', ')}, not "${value}".${didYouMean(value, choices)}`

function readFilter(parameters: Parameters, now: number, usual: Period | undefined): Filter {
  const { text, choice } = parameters
  const zone = zoneIn(parameters)
  const named = Object.fromEntries(NAMES.flatMap((name) => entry(name, text(name))))
  const protocol = choice('protocol', Object.keys(protocols) as ProtocolName[])
  const failed = choice('failed', ['true', 'false'])
  const filter: RecordFilter = {
    ...spanIn(parameters, { now, zone }, usual),
    ...named,
    ...Object.fromEntries([
      ...entry('protocol', protocol),
      ...entry('status', statusIn(parameters)),
      ...entry('text', text('text', MAX_TEXT)),
    ]),
    ...(failed !== undefined && { failed: failed === 'true' }),
  }
  return { filter, zone }
}

const entry = (name: string, value: string | undefined): [string, string][] => (value === undefined ? [] : [[name, value]])

function zoneIn({ text }: Parameters): number {
  const value = text('zone')
  if (value === undefined) return 0
  return readZone(value) ?? refuse(`"zone" takes minutes east of UTC, or +02:00, not "${value}".`, 'zone')
}

function statusIn({ text }: Parameters): string | undefined {
  const value = text('status')?.toLowerCase()
  if (value === undefined || /^[1-5](\d\d|xx)$/.test(value)) return value
  return refuse(`"status" takes a status such as 429, or 5xx for all from 500 to 599, not "${value}".`, 'status')
}

function spanIn({ text, choice }: Parameters, at: { now: number; zone: number }, usual: Period | undefined): Span {
  const period = choice('period', PERIODS)
  const moment = (name: 'from' | 'to', edge: 'begin' | 'end') => {
    const value = text(name)
    if (value === undefined) return {}
    if (period !== undefined) refuse(`"period" and "${name}" are given: one of them says when.`, name)
    const read = readMoment(value, edge, at)
    return {
      [name]:
        read ?? refuse(`"${name}" takes a time such as 2026-01-31, 2026-01-31T12:00Z, or 2h for two hours ago, not "${value}".`, name),
    }
  }
  const span: Span = { ...moment('from', 'begin'), ...moment('to', 'end') }
  if (span.from !== undefined && span.to !== undefined && span.from >= span.to) refuse('"from" is not before "to".', 'from')
  if (Object.keys(span).length) return span
  return period === undefined && usual === undefined ? {} : spanOf(period ?? usual!, at)
}

/** @throws FailureError 400 */
const refuse = (message: string, param: string): never => fail({ kind: 'invalid-request', message, param })

/** How sums are grouped. */
export const groupsIn = ({ choices }: Parameters, dimensions: readonly Dimension[]): Pick<SumQuery, 'by'> => {
  const by = choices('by', dimensions)
  return by ? { by } : {}
}
