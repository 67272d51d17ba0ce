import { readFileSync, statSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSqliteStore } from '../../../src/server/ledger/sqlite-store.ts'
import { record } from '../usage/world.ts'
import { buildCommand, eventually, type Command, type Started } from './command.ts'

const ADMIN = 'the-key-of-the-admin'
const ANN = 'the-key-of-ann-0001'
const SESSION = '0b6c63ff-7fd3-4b9b-8c2d-6f1f4a6e1a55'

let command: Command
let provider: Server
let server: Started
let file: string
/** Of the provider's next answer. */
let status = 200

beforeAll(async () => {
  command = await buildCommand()
  provider = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(status, { 'content-type': 'application/json' })
      const usage = { prompt_tokens: 1000, completion_tokens: 100, prompt_tokens_details: { cached_tokens: 400 } }
      const choices = [{ index: 0, message: { role: 'assistant', content: 'Bern is the capital.' }, finish_reason: 'stop' }]
      response.end(
        JSON.stringify(
          status === 200 ? { id: 'c', object: 'chat.completion', model: 'm-1', choices, usage } : { error: { message: 'no' } },
        ),
      )
    })
  })
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve))
  const baseUrl = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/v1`
  file = command.write(
    'config.json',
    JSON.stringify({
      server: { keys: [{ name: 'ann', key: ANN }], adminKey: ADMIN },
      endpoints: { main: { protocol: 'openai', baseUrl, apiKey: 'provider-key-0001', model: 'm-1' } },
      prices: { models: { 'm-1': { input: 2, output: 10, cacheRead: 0.5 } } },
      ledger: { capture: 'all' },
    }),
  )
  server = await command.start(['--config', file])
  await say('Where is Bern?')
  await say('And Basel?', { 'x-claude-code-session-id': SESSION })
  status = 400
  await say('What is wrong?')
  status = 200
}, 90_000)
afterAll(() => {
  provider.close()
  command.remove()
})

async function say(content: string, headers: Record<string, string> = {}, url = server.url): Promise<void> {
  const body = JSON.stringify({ model: 'sonnet', max_tokens: 10, messages: [{ role: 'user', content }] })
  const response = await fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': ANN, 'user-agent': 'claude-cli/2.0.0', ...headers },
    body,
  })
  await response.text()
}

/** What commands have written, by their lines. */
async function tell<Name extends string>(lines: Readonly<Record<Name, string>>): Promise<Record<Name, string>> {
  const told = Object.entries<string>(lines).map(async ([name, line]) => {
    const { code, out, err } = await command.run([...line.split(' '), '--config', file])
    expect({ line, code, err }).toEqual({ line, code: 0, err: '' })
    return [name, out]
  })
  return Object.fromEntries(await Promise.all(told)) as Record<Name, string>
}
const records = (out: string): unknown[] =>
  out
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as unknown)

const USAGE = {
  overview: 'usage --json',
  overviewTable: 'usage',
  groups: 'usage today --by tenant,agent --order requests --json',
  groupsTable: 'usage today --by status',
  session: `usage --session ${SESSION} --from 1h --json`,
  history: 'usage history --by status --json',
  csv: 'usage month --by model --csv',
} as const
const LOGS = {
  all: 'logs --requests',
  last: 'logs --requests -n 1 --json',
  failed: 'logs --json --status 4xx',
  session: `logs --json --session ${SESSION} --endpoint m*`,
  text: 'logs --json --text capital',
  model: 'logs --json --model opus',
  before: 'logs --json --tenant ann --until 1h',
} as const

let usage: Record<keyof typeof USAGE, string>
let logs: Record<keyof typeof LOGS, string>
let one: Record<'text' | 'json', string>

describe('from the server that runs', () => {
  test('usage', async () => {
    usage = await tell(USAGE)
    // 600 at 2 $, 400 at 0.5 $ and 100 at 10 $ for a million.
    const sum = { requests: 3, failed: 1, input: 1200, cacheRead: 800, output: 200, cost: '0.0048', cacheHitRate: 0.4 }
    expect(JSON.parse(usage.overview)).toMatchObject({ today: sum, month: { cost: '0.0048' }, zone: 0 })
    const table = usage.overviewTable.split('\n')
    expect(table[0]).toMatch(/^WHEN +REQUESTS +FAILED +INPUT +CACHED +OUTPUT +TIME +COST$/)
    expect(table[1]).toMatch(/^today +3 +1 +2\.0k +40% +200 +\S+ +\$0\.0048$/)
    expect(table.slice(2).map((line) => line.split(' ')[0])).toEqual(['yesterday', 'week', 'month', ''])
    expect(JSON.parse(usage.groups)).toMatchObject({
      by: ['tenant', 'agent'],
      groups: [{ group: { tenant: 'ann', agent: 'claude-code' }, requests: 3 }],
      totals: { requests: 3 },
    })
    expect(usage.groupsTable).toMatch(/STATUS +REQUESTS[^]*\n200 +2 [^]*\n400 +1 [^]*\nall +3 /)
    expect(JSON.parse(usage.session)).toMatchObject({ totals: { requests: 1, cost: '0.0024' } })
    expect(JSON.parse(usage.history)).toMatchObject({ every: 'month', series: [{ requests: 2 }, { requests: 1 }] })
    const csv = usage.csv.split('\r\n')
    expect(csv[0]).toMatch(/^model,requests,failed,attempts,input,/)
    expect(csv[1]).toMatch(/^m-1,3,1,3,1200,800,0,0,200,0,0,0\.0048,/)
  })

  test('logs, of requests', async () => {
    logs = await tell(LOGS)
    const lines = logs.all.trim().split('\n')
    expect(lines).toHaveLength(3)
    expect(lines[0]).toMatch(
      /^\d{4}-\d\d-\d\d [\d:.]{12} {2}200 {2}sonnet > m-1 @ main {2}ann {2}1\.0k in, 100 out, 40% cached {2}\$0\.0024 {2}\S+ {2}\w+$/,
    )
    expect(lines[2]).toMatch(/ {2}400 .* error {2}invalid-request: no {2}\w+$/)
    expect(records(logs.failed)).toMatchObject([{ status: 400 }])
    expect(records(logs.session)).toMatchObject([{ session: SESSION }])
    expect(records(logs.text)).toMatchObject([{ status: 200 }, { session: SESSION }])
    expect([...records(logs.model), ...records(logs.before)]).toEqual([])
    const [last] = records(logs.last) as { id: string }[]
    expect(last).toMatchObject({ status: 400 })
    one = await tell({ text: `logs ${last!.id}`, json: `logs ${last!.id} --json` })
    expect(one.text).toMatch(/\n {2}attempt: .* {2}first {2}m-1 @ main .* 400 /)
    expect(one.text).toMatch(/\nrequest:\n.*What is wrong\?/)
    expect(JSON.parse(one.json)).toMatchObject({ id: last!.id, bodies: { request: expect.stringContaining('wrong') as string } })
  })

  test('a status line', async () => {
    const env = { ANTHROPIC_BASE_URL: server.url, ANTHROPIC_AUTH_TOKEN: ANN }
    const told = await command.run(['statusline'], env, JSON.stringify({ session_id: SESSION }))
    expect(told).toEqual({ code: 0, err: '', out: 'm-1 @ main · 1.0k in, 100 out · 40% cached · $0.0024\n' })
  })

  test.each([
    ['usage tomorrow', 2, 'not "tomorrow"'],
    ['usage --from never', 1, '"from" takes a time'],
    ['logs --requests --level warn', 2, '--level is of the log’s lines'],
    ['logs none', 1, 'There is no request "none"'],
  ])('%s is told to be wrong', async (line, code, message) => {
    expect(await command.run([...line.split(' '), '--config', file])).toMatchObject({
      code,
      out: '',
      err: expect.stringContaining(message) as string,
    })
  })
})

describe('from the ledger itself', () => {
  beforeAll(async () => expect((await server.stop()).code).toBe(0), 20_000)

  test('all is told in the same words', async () => {
    const { id } = JSON.parse(one.json) as { id: string }
    const { overview, history } = USAGE
    const { all, text } = LOGS
    const told = await tell({ overview, history, all, text, one: `logs ${id}` })
    const timeless = (json: string) => json.replace(/"now": \d+/, '')
    expect(timeless(told.overview)).toBe(timeless(usage.overview))
    expect(told).toMatchObject({ history: usage.history, all: logs.all, text: logs.text, one: one.text })
  })

  test('the requests that fit are exported, and no file is overwritten', async () => {
    const { csv, rows } = await tell({ csv: `usage export --session ${SESSION}`, rows: 'usage export --json --status 200' })
    expect(csv.split('\r\n')[0]).toMatch(/^id,at,tenant,/)
    expect(csv.split('\r\n')).toHaveLength(3)
    expect(JSON.parse(rows)).toMatchObject([{ session: SESSION }, { status: 200 }])
    const out = join(command.folder, 'out.csv')
    const told = await command.run(['usage', 'export', '--session', SESSION, '--out', out, '--config', file])
    expect(told).toMatchObject({ code: 0, out: '', err: expect.stringContaining(`${out} has 1 KiB`) as string })
    expect([readFileSync(out, 'utf8'), statSync(out).mode & 0o777]).toEqual([csv, 0o600])
    const again = await command.run(['usage', 'export', '--out', out, '--config', file])
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining('is there already') as string })
    expect(readFileSync(out, 'utf8')).toBe(csv)
  })

  test('months that are over are put aside, and what is too old is forgotten', async () => {
    const store = await openSqliteStore(join(command.home, '.local/state/cc-route/usage.db'))
    const old = record({ at: Date.UTC(2025, 10, 3) })
    await store.add([old, record({ at: Date.UTC(2025, 10, 4) }), record({ at: Date.UTC(2025, 8, 4) })])
    await store.close()
    const first = JSON.parse((await tell({ out: 'usage archive --json' })).out) as Record<string, object[]>
    expect(first).toMatchObject({
      written: [
        { month: '2025-09', records: 1 },
        { month: '2025-11', records: 2 },
      ],
    })
    expect(first['archives']).toMatchObject([{ month: '2025-09' }, { month: '2025-11' }])
    const packed = readFileSync(join(command.home, '.local/state/cc-route/archives/usage-2025-11.jsonl.gz'))
    expect(JSON.parse(gunzipSync(packed).toString().trim().split('\n')[1]!)).toMatchObject({ id: old.id })
    const { again, history } = await tell({ again: 'usage archive', history: 'usage history --json' })
    expect(again).toMatch(/^No month is over that is not archived\.\n\nIn .*:\n {2}2025-09 {2}1 KiB\n {2}2025-11 {2}1 KiB\n$/)
    expect(JSON.parse(history)).toMatchObject({ totals: { requests: 3 }, series: [{ requests: 3 }] })

    const reopened = await openSqliteStore(join(command.home, '.local/state/cc-route/usage.db'))
    await reopened.add([record({ at: Date.UTC(2020, 1, 1) })])
    await reopened.close()
    expect(JSON.parse((await tell({ out: 'usage vacuum --json' })).out)).toMatchObject({ records: 1, bodies: 0 })
    expect((await tell({ out: 'usage vacuum' })).out).toContain('0 requests')
    expect(await command.run(['usage', 'vacuum', '--from', '1h', '--config', file])).toMatchObject({ code: 2 })
  })

  test('but what is to come', async () => {
    const told = await command.run(['logs', '--requests', '-f', '--config', file])
    expect(told).toMatchObject({ code: 1, err: expect.stringContaining('cc-route start') as string })
  })
})

test('requests are told of as they end', async () => {
  server = await command.start(['--config', file])
  const following = command.open(['logs', '--requests', '-f', '-n', '1', '--json', '--config', file])
  await following.until(({ out }) => out.includes('\n'))
  await say('Is it live?', { 'x-claude-code-session-id': 'live-session' })
  await following.until(({ out }) => out.includes('"live-session"'))
  expect(following.seen.err).toBe('')
  const begun = Date.now()
  // Whoever looks on holds no server up.
  expect((await server.stop()).code).toBe(0)
  expect(Date.now() - begun).toBeLessThan(4500)
  await following.ended
}, 30_000)

test('a server that lets no command in shares a database with it, and files with nobody', async () => {
  const { endpoints } = JSON.parse(readFileSync(file, 'utf8')) as { endpoints: object }
  const keys = [{ name: 'ann', key: ANN }]
  const made = (store: string) =>
    command.write(`${store}.json`, JSON.stringify({ server: { keys }, endpoints, ledger: { store, path: `own-${store}` } }))
  const tried = ['sqlite', 'jsonl'].map(async (store) => {
    const config = made(store)
    const own = await command.start(['--config', config])
    await say('Who is there?', {}, own.url)
    const tell = () => command.run(['usage', '--json', '--config', config])
    // Records are written within a tenth of a second.
    const running = await eventually(async () => {
      const told = await tell()
      return told.out.includes('"requests": 1') || told.err.includes('JSON lines') ? told : undefined
    })
    await own.stop()
    return { running, stopped: await tell() }
  })
  const [shared, lines] = await Promise.all(tried)
  expect(JSON.parse(shared!.running.out)).toMatchObject({ today: { requests: 1 } })
  expect(lines!.running).toMatchObject({ code: 1, err: expect.stringContaining('JSON lines') as string })
  for (const { stopped } of [shared!, lines!]) expect(JSON.parse(stopped.out)).toMatchObject({ today: { requests: 1 } })
}, 60_000)
