/** CliRelay, issue 210: what was found in it, one by one. */
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { saveConfig } from '../../../src/server/config/save.ts'
import { openLog } from '../../../src/server/log/log.ts'
import { equalDigests, sha256 } from '../../../src/core/digest.ts'
import { clients, openScene } from './scene.ts'

const folder = mkdtempSync(join(tmpdir(), 'cc-route-'))
afterAll(() => rmSync(folder, { recursive: true }))
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8)
const KEY = 'ccr_a-key-of-this-server'
const [claude] = clients

test('keys were compared until a byte differs: here all of their hashes’ are looked at', () => {
  let reads = 0
  const counted = (digest: Uint8Array) =>
    new Proxy(digest, {
      get(target, name) {
        if (typeof name === 'string' && /^\d+$/.test(name)) reads++
        return Reflect.get(target, name, target) as unknown
      },
    })
  const same = sha256(KEY)
  for (const other of ['', `${KEY}x`, KEY, KEY.slice(0, 3)]) {
    reads = 0
    expect(equalDigests(counted(sha256(other)), same)).toBe(other === KEY)
    expect(reads).toBe(32)
  }
})

test('an X-Forwarded-For of 127.0.0.1 got around the limit of attempts', async () => {
  const scene = await openScene({ keys: [{ name: 'ann', key: KEY }] })
  const statuses: number[] = []
  for (let i = 0; i < 8; i++) {
    const headers = {
      'x-api-key': `wrong-${i}`,
      'x-forwarded-for': i % 2 ? '127.0.0.1' : `192.0.2.${i}`,
      'x-real-ip': '127.0.0.1',
      forwarded: 'for=127.0.0.1',
    }
    statuses.push((await scene.ask(claude!, 'openai', { headers })).status)
  }
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429, 429])
})

test('escape sequences in a provider’s error reached the terminal and the log', async () => {
  const lines: string[] = []
  const evil = '\u001b]0;owned\u0007\u001b[2J\u001b[31mred\r\n{"level":"info","message":"forged"}\u202e'
  const scene = await openScene({
    answer: () => Promise.resolve(Response.json({ error: { message: evil, type: evil } }, { status: 400 })),
    log: openLog({ format: 'pretty', stream: { isTTY: false, write: (line) => lines.push(line) } }),
  })
  for (const client of clients) {
    const text = await (await scene.ask(client)).text()
    // oxlint-disable-next-line no-control-regex
    expect(JSON.stringify(JSON.parse(text))).not.toMatch(/\\u001b|\\u0007|\u202e/)
  }
  await expect.poll(() => lines.length).toBe(4)
  // oxlint-disable-next-line no-control-regex
  for (const line of lines) expect(line).toMatch(/^[^\u0000-\u001f\u007f-\u009f\u202e]*\n$/)
})

test('logs of requests could be read by all users of the machine', async () => {
  const file = join(folder, 'logs', 'requests.log')
  const log = openLog({ file })
  log.info('something')
  await log.close()
  expect([modeOf(join(folder, 'logs')), modeOf(file)]).toEqual(['700', '600'])
})

test('a copy of the configuration was made through a link, and for all to read', async () => {
  const target = join(folder, 'target')
  const path = join(folder, 'config.json')
  writeFileSync(
    path,
    '{ "endpoints": { "a": { "protocol": "openai", "baseUrl": "https://a.example", "apiKey": "sk-secret-0123456789" } } }',
  )
  writeFileSync(target, 'of somebody else')
  const log = join(folder, 'linked.log')
  symlinkSync(target, log)
  expect(() => openLog({ file: log })).toThrow()
  await saveConfig(path, [{ op: 'set', path: ['endpoints', 'a', 'model'], value: 'm' }], { variables: {} })
  expect(modeOf(path)).toBe('600')
  expect(modeOf(join(folder, 'backups'))).toBe('700')
  expect(readFileSync(target, 'utf8')).toBe('of somebody else')
})
