import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createBackups } from '../../../src/server/backup/create-backups.ts'
import { loadConfig } from '../../../src/server/config/load.ts'
import { fileStore } from '../../../src/server/config/store.ts'
import { gateway, type Gateway } from '../../../src/server/gateway.ts'
import { virtualClock } from '../../../src/testing/clock.ts'
import { folder } from '../config/folder.ts'
import { davServer, PASSWORD, USER } from './dav-server.ts'

const ADMIN = 'a-key-that-is-long-enough'

async function open(withBackups = true) {
  const server = await davServer()
  const place = folder()
  const path = join(place, 'config.json')
  const settings = { url: `${server.url}/cc`, username: USER, password: PASSWORD, name: 'laptop' }
  writeFileSync(path, JSON.stringify({ server: { adminKey: ADMIN }, endpoints: { ollama: {} }, backup: settings }), { mode: 0o600 })
  const clock = virtualClock(Date.UTC(2026, 10, 21))
  const load = { variables: {} }
  const app: Gateway = gateway(await loadConfig(path, load), {
    store: fileStore(path, load),
    clock,
    ...(withBackups && {
      backups: createBackups({ config: () => app.config, path, load, clock, folder: join(place, 'state'), fetchFor: () => fetch }),
    }),
  })
  const ask = async (line: string, body?: unknown) => {
    const [method = '', at = ''] = line.split(' ')
    const response = await app(`http://localhost${at}`, {
      method,
      headers: { authorization: `Bearer ${ADMIN}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    expect(text).not.toContain(PASSWORD)
    return { status: response.status, body: JSON.parse(text) as Record<string, unknown> & { error: { message: string } } }
  }
  return { ask, app, server, file: () => readFileSync(path, 'utf8') }
}

test('backups are made, listed and restored, and what is restored is used', async () => {
  const { ask, app, file } = await open()
  const made = await ask('POST /admin/backups')
  expect(made).toMatchObject({
    status: 201,
    body: { file: 'laptop-2026-11-21T00-00-00.000.tar.gz', at: '2026-11-21T00:00:00.000Z', sealed: false, removed: [] },
  })
  const before = file()
  await ask('POST /providers', { name: 'vllm', preset: 'vllm' })
  expect(Object.keys(app.config.endpoints)).toEqual(['ollama', 'vllm'])
  expect((await ask('GET /admin/backups')).body).toEqual({
    remote: [{ file: made.body['file'], owner: 'laptop', at: made.body['at'], sealed: false, size: made.body['size'] }],
    last: { made: Date.UTC(2026, 10, 21), tried: Date.UTC(2026, 10, 21) },
    local: [{ file: expect.stringMatching(/^config-.*\.json$/), at: expect.any(String) }],
  })
  expect(await ask('POST /admin/backups/latest/restore')).toMatchObject({ status: 200, body: { config: { changed: false, added: [] } } })
  expect(await ask(`POST /admin/backups/${String(made.body['file'])}/restore`, { mode: 'overwrite' })).toMatchObject({
    status: 200,
    body: { config: { changed: true } },
  })
  expect(file()).toBe(before)
  expect(Object.keys(app.config.endpoints)).toEqual(['ollama'])
})

test('the server is tried, and what is wrong with it is told as its own fault', async () => {
  const { ask, server } = await open()
  expect(await ask('POST /admin/backups/test')).toMatchObject({ status: 200, body: { ok: true, url: `${server.url}/cc` } })
  server.door((_, response) => (response.writeHead(401, { 'www-authenticate': 'Basic' }).end(), true))
  for (const line of ['POST /admin/backups/test', 'POST /admin/backups', 'GET /admin/backups'])
    expect(await ask(line), line).toMatchObject({ status: 502, body: { error: { type: 'authentication' } } })
})

test('what is asked for wrongly', async () => {
  const { ask } = await open()
  expect((await ask('POST /admin/backups/latest/restore', { mode: 'all' })).body.error.message).toBe(
    '"mode" is one of keep-local, overwrite.',
  )
  expect((await ask('POST /admin/backups/latest/restore', { only: 'x' })).body.error.message).toBe('"only" is one of config, ledger.')
  expect(await ask('POST /admin/backups/latest/restore')).toMatchObject({ status: 404 })
  expect(await ask('POST /admin/backups/config-nope.json/restore')).toMatchObject({ status: 404 })
})

test('a gateway that is mounted has none', async () => {
  const { ask } = await open(false)
  expect(await ask('GET /admin/backups')).toMatchObject({ status: 409, body: { error: { type: 'conflict' } } })
})
