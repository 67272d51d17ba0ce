/**
 * `logs`, of the ledger: requests that fit, one a line, or one of them whole.
 *
 * @module
 */
import type { AttemptRecord, ExchangeRecord } from '../../accounts/ledger/record.ts'
import { createEventReader } from '../../core/sse.ts'
import { writeMoment } from '../usage/moments.ts'
import { durationText, moneyText, percentText, tokensText } from './amounts.ts'
import { numberFlag } from './arguments.ts'
import { CommandError, misuse, type Call } from './command.ts'
import { localMoment, zoneAt } from './local-time.ts'
import { openUsage, type UsageView } from './open-usage.ts'
import { harmless, print, printJson, say } from './terminal.ts'

/** Flags that the log's own lines know nothing of. */
const OWN = ['requests', 'until', 'model', 'tenant', 'session', 'status', 'text']
/** Flags that the ledger knows nothing of. */
const FOREIGN = ['level', 'grep']

/** Whether a call is about the ledger. @throws CommandError for one that is about both */
export function isAboutRequests({ flags, args }: Call): boolean {
  const own = OWN.find((name) => flags[name] !== undefined)
  if (own === undefined && !args.length) return false
  const foreign = FOREIGN.find((name) => flags[name] !== undefined)
  if (foreign !== undefined)
    throw misuse(`--${foreign} is of the log’s lines, and ${own === undefined ? 'an ID' : `--${own}`} of the ledger’s requests.`, 'logs')
  return true
}

export async function showRequests(call: Call): Promise<void> {
  const view = await openUsage(call)
  try {
    await (call.args.length ? showOne(call, view) : showMany(call, view))
  } finally {
    await view.close()
  }
}

const PAGE = 1000

async function showMany(call: Call, view: UsageView): Promise<void> {
  const show = (record: ExchangeRecord) => print(call.flags.json === undefined ? lineOf(record) : JSON.stringify(record))
  const follows = call.flags.follow !== undefined
  const live = follows ? await openLive(call, view) : undefined
  const found: ExchangeRecord[] = []
  const wanted = numberFlag(call, 'lines', 1, 1_000_000) ?? 50
  for (let before: string | null | undefined; found.length < wanted && before !== null;) {
    const query = queryOf(call, ['endpoint', 'model', 'tenant', 'session', 'status', 'text'], {
      ...(call.flags.since !== undefined && { from: localMoment(call.flags.since, 'begin') }),
      ...(call.flags.until !== undefined && { to: localMoment(call.flags.until, 'end') }),
      ...(before !== undefined && { before }),
      limit: String(Math.min(wanted - found.length, PAGE)),
      zone: String(view.zone),
    })
    const page = await view.ask<{ requests: ExchangeRecord[]; next: string | null }>('/requests', query)
    found.push(...page.requests)
    before = page.next
  }
  found.toReversed().forEach(show)
  const shown = new Set(found.map(({ id }) => id))
  if (live) await follow(live, (record) => shown.has(record.id) || show(record))
}

function openLive(call: Call, view: UsageView): Promise<Response> {
  const past = ['until', 'text'].find((name) => call.flags[name] !== undefined)
  if (past !== undefined) throw misuse(`--follow tells of what is to come, where --${past} is of no use.`, 'logs')
  if (!view.isLive) throw new CommandError('--follow takes a server that is running. Start one: cc-route start')
  return view.open('/live', queryOf(call, ['endpoint', 'model', 'tenant', 'session', 'status']))
}

async function follow({ body }: Response, show: (record: ExchangeRecord) => void): Promise<void> {
  const reader = createEventReader((data, name) => {
    if (name === 'request') show(JSON.parse(data) as ExchangeRecord)
    if (name === 'missed') say(`${(JSON.parse(data) as { count: number }).count} requests came too fast to be shown.`)
  })
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) reader.push(chunk)
}

const queryOf = ({ flags }: Call, names: readonly string[], more: Readonly<Record<string, string>> = {}): URLSearchParams => {
  const given = Object.fromEntries(names.flatMap((name): [string, string][] => (flags[name] === undefined ? [] : [[name, flags[name]]])))
  return new URLSearchParams({ ...given, ...more })
}

/** A request in a line; its id is last. */
function lineOf(record: ExchangeRecord): string {
  const { at, status, asked, served, endpoint, tenant, usage, cost, ms, ended, failure, attempts, id } = record
  const parts = [
    timeText(at),
    String(status),
    [asked === served ? undefined : asked, served].filter((name) => name !== undefined).join(' > ') +
      (endpoint === undefined ? '' : ` @ ${endpoint}`),
    attempts.length > 1 ? `${attempts.length} attempts` : '',
    tenant ?? '',
    usage ? tokensLine(usage) : '',
    cost ? moneyText(cost.amount) : '',
    durationText(ms),
    ended === 'complete' ? '' : ended,
    failure ? `${failure.kind}: ${failure.message}` : '',
    id,
  ]
  return plain(parts.filter(Boolean).join('  '))
}

function tokensLine({ input = 0, cacheRead = 0, cacheWrite = 0, output = 0 }: NonNullable<ExchangeRecord['usage']>): string {
  const all = input + cacheRead + cacheWrite
  return `${tokensText(all)} in, ${tokensText(output)} out${cacheRead ? `, ${percentText(cacheRead / all)} cached` : ''}`
}

async function showOne(call: Call, view: UsageView): Promise<void> {
  const other = Object.keys(call.flags).find((name) => name !== 'json' && name !== 'config')
  if (other !== undefined) throw misuse(`An ID is of one request: --${other} is of no use with it.`, 'logs')
  const record = await view.ask<ExchangeRecord>(`/requests/${encodeURIComponent(call.args[0]!)}`)
  if (call.flags.json !== undefined) return printJson(record)
  const { bodies, attempts, ...fields } = record
  print(lineOf(record))
  for (const [name, value] of Object.entries(fields))
    print(`  ${name}: ${plain(typeof value === 'object' ? JSON.stringify(value) : String(value))}`)
  for (const attempt of attempts) print(`  attempt: ${plain(attemptText(attempt))}`)
  for (const [name, value] of Object.entries(bodies ?? {})) print(`\n${name}:\n${harmless(String(value))}`)
}

function attemptText({ at, endpoint, model, key, reason, status, ms, waitedMs, class: kind, message }: AttemptRecord): string {
  const parts = [
    timeText(at),
    reason,
    `${model ?? ''} @ ${endpoint}`.trim(),
    key === undefined ? '' : `key ${key}`,
    waitedMs ? `waited ${durationText(waitedMs)}` : '',
    status === undefined ? '' : String(status),
    ms === undefined ? '' : durationText(ms),
    [kind, message].filter(Boolean).join(': '),
  ]
  return parts.filter(Boolean).join('  ')
}

const timeText = (at: number): string => `${writeMoment(at, zoneAt(at))} ${new Date(at + zoneAt(at) * 60_000).toISOString().slice(11, 23)}`

const plain = (text: string): string => text.replaceAll(/\p{Cc}/gu, ' ')
