/**
 * The flags that tell of a client's key.
 *
 * @module
 */
import { numberFlag } from './arguments.ts'
import { misuse, type Call } from './command.ts'

const NONE = 'none'

/** What the flags say of a key, as the configuration has it; `null` where they take a field away. @throws CommandError */
export function keyFields(call: Call): Record<string, unknown> {
  const { flags } = call
  const fields = {
    group: textOf(flags['group']),
    expires: flags['expires'] === 'never' ? null : textOf(flags['expires']),
    note: textOf(flags['note']),
    models: listOf(flags['models']),
    routes: listOf(flags['routes']),
    endpoints: listOf(flags['endpoints']),
    requestsPerMinute: countOf(call, 'rpm'),
    tokensPerMinute: countOf(call, 'tpm'),
    streams: countOf(call, 'streams'),
    budgets: budgetsOf(flags['budget']),
  }
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

const textOf = (text: string | undefined): string | null | undefined => (text === NONE ? null : text)

const listOf = (text: string | undefined): string[] | null | undefined =>
  text === undefined || text === NONE
    ? (textOf(text) as null | undefined)
    : text
        .split(',')
        .map((item) => item.trim())
        .filter(Boolean)

const countOf = (call: Call, name: string): number | null | undefined =>
  call.flags[name] === NONE ? null : numberFlag(call, name, 1, 999_999_999)

const BUDGET = /^\$?(\d+(?:\.\d+)?) ?(usd|tokens|requests)?(?:\/| per )(day|week|month|total)$/i

/** `5/day`, `100usd/month`, `2000000 tokens/week`; one a line. */
function budgetsOf(text: string | undefined): object[] | null | undefined {
  if (text === undefined || text === NONE) return text === undefined ? undefined : null
  return text.split('\n').map((said) => {
    const [, amount, unit = 'usd', per] = BUDGET.exec(said.trim()) ?? []
    if (amount === undefined)
      throw misuse(`--budget takes an amount per day, week, month or total, such as 5/day or "1000000 tokens/week", not "${said}".`, 'keys')
    return { [unit.toLowerCase()]: Number(amount), per: per!.toLowerCase() }
  })
}
