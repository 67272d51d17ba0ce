/** The tables of docs/failures.md, written from the data. */
import { DECISIONS, type Decision, type FailureClass } from '../../../../src/router/failures/decisions.ts'
import { refusals, thrown } from './index.ts'

const rows = Object.entries(DECISIONS) as [FailureClass, Decision][]
const table = (head: string[], lines: string[][]): string =>
  [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

const time = (ms: number): string => (ms >= 3_600_000 ? `${ms / 3_600_000} h` : ms >= 60_000 ? `${ms / 60_000} min` : `${ms / 1000} s`)

const AFTER = { 'at once': 'at once', backoff: 'after a growing time', reset: 'when the limit has passed' } as const
const SCOPE = {
  key: 'the key',
  'key-model': 'the key for this model',
  org: 'all keys of the organisation',
  'endpoint-model': 'the endpoint for this model',
  endpoint: 'the endpoint',
  provider: 'the provider',
} as const

const sameKey = ({ sameKey: again, without, ambiguous }: Decision): string =>
  without ? `once, without ${without}` : again ? `${again.tries}×, ${AFTER[again.after]}${ambiguous ? ', if `ambiguous`' : ''}` : 'no'
const nextKey = ({ nextKey: next }: Decision): string => (next === 'any' ? 'yes' : next ? 'of another organisation' : 'no')
const nextEndpoint = ({ nextEndpoint: next, optIn, providerWide }: Decision): string =>
  optIn
    ? 'if asked for'
    : !next
      ? 'no'
      : next === 'larger-window'
        ? 'with a larger window'
        : providerWide
          ? 'yes, of another provider first'
          : 'yes'
const rests = ({ cool }: Decision): string =>
  cool
    ? `${SCOPE[cool.scope]}: ${cool.reset ? 'as told, else ' : ''}${time(cool.ms)}${cool.atMost ? ` up to ${time(cool.atMost)}` : ''}`
    : 'nothing'

const decisions = table(
  ['class', 'same key again', 'another key', 'another endpoint', 'what rests', 'breaker'],
  rows.map(([name, row]) => [`\`${name}\``, sameKey(row), nextKey(row), nextEndpoint(row), rests(row), row.breaker ?? 'no']),
)

const meanings = table(
  ['class', 'fault', 'what it is'],
  rows.map(([name, { fault, means }]) => [`\`${name}\``, fault, means]),
)

/** Who says so, with which status; whoever says the same as another is named with it. */
const seen = (name: FailureClass): string => {
  const statuses = new Map<string, Set<number>>()
  for (const { class: of, of: provider, status } of Object.values(refusals).flat()) {
    if (of !== name) continue
    const who = provider.split(',')[0]!
    statuses.set(who, (statuses.get(who) ?? new Set()).add(status))
  }
  const providers = [...statuses].map(([who, codes]) => `${who} ${[...codes].sort((a, b) => a - b).join(', ')}`)
  const codes = thrown
    .filter((one) => one.class === name)
    .map(({ error }) => (error as { cause?: { code?: string }; code?: string }).cause?.code ?? (error as { code?: string }).code)
    .filter((code) => code !== undefined)
  return [...providers, ...new Set(codes.map((code) => `\`${code}\``))].join('; ')
}

const examples = table(
  ['class', 'seen as'],
  rows.map(([name]) => [`\`${name}\``, seen(name)]).filter(([, text]) => text !== ''),
)

export const tables = { meanings, decisions, examples }
