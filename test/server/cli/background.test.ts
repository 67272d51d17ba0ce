import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { buildCommand, eventually, type Command } from './command.ts'

let command: Command
beforeAll(async () => void (command = await buildCommand()), 60_000)
afterEach(async () => {
  for (const { pid } of records()) process.kill(pid, 'SIGKILL')
  await command.run(['status'])
})
afterAll(() => command.remove())

interface Noted {
  pid: number
  url: string
  instance: string
  token?: string
}

const folder = () => join(command.home, '.local/state/cc-route/servers')
function files(): string[] {
  try {
    return readdirSync(folder()).map((name) => join(folder(), name))
  } catch {
    return []
  }
}
const records = () =>
  files()
    .map((file) => JSON.parse(readFileSync(file, 'utf8')) as Noted)
    .filter(({ pid }) => pid !== process.pid)
const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0)
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' && process.platform !== 'linux'
  }
}
const config = (name: string, value: unknown) => command.write(name, JSON.stringify(value))
const endpoints = { a: { protocol: 'openai', baseUrl: 'http://127.0.0.1:9/v1', model: 'm' } }

test('started, asked, started again with the same flags, and stopped', async () => {
  expect(await command.run(['status'])).toMatchObject({ code: 3, out: 'No server is running. Start one: cc-route start\n' })
  expect(await command.run(['stop'])).toMatchObject({ code: 3, out: 'No server is running.\n' })

  const file = config('a.json', { endpoints })
  const started = await command.run(['start', '--port', '0', '--config', 'a.json'])
  expect(started).toMatchObject({ code: 0, err: '' })
  const [first] = records()
  expect(started.out).toContain(`cc-route listens on ${first!.url} (process ${first!.pid}, ${file}).`)
  expect(statSync(files()[0]!).mode & 0o777).toBe(0o600)
  expect(await (await fetch(`${first!.url}/health`)).json()).toMatchObject({ status: 'ok', instance: first!.instance })
  const status = await command.run(['status'])
  expect(status.out).toContain(`${first!.url} (process ${first!.pid}`)
  expect(status.out).toMatch(/\n {2}a: \w+/)
  expect(JSON.parse((await command.run(['status', '--json'])).out)).toMatchObject({
    servers: [{ url: first!.url, pid: first!.pid, config: file, status: { name: 'cc-route', endpoints: [{ name: 'a' }] } }],
  })

  const port = new URL(first!.url).port
  expect((await command.run(['start', '--port', port])).out).toContain('already')

  expect(await command.run(['restart'])).toMatchObject({ code: 0 })
  const [second] = records()
  expect(second!.pid).not.toBe(first!.pid)
  expect(isAlive(first!.pid)).toBe(false)
  expect((await command.run(['status'])).out).toContain(file)

  expect(await command.run(['stop'])).toMatchObject({ code: 0, out: `The server on ${second!.url} has stopped.\n` })
  expect(isAlive(second!.pid)).toBe(false)
  expect(files()).toEqual([])
})

test('what keeps it from starting is told', async () => {
  config('bad.json', { endpoints: { a: { protocol: 'x' } } })
  const bad = await command.run(['start', '--port', '0', '--config', 'bad.json'])
  expect(bad.code).toBe(1)
  expect(bad.err).toContain('bad.json cannot be used')

  const taken = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => taken.once('listening', resolve))
  const { port } = taken.address() as AddressInfo
  const failed = await command.run(['start', '--port', String(port)])
  expect(failed.code).toBe(1)
  expect(failed.err).toContain(`The port is in use (127.0.0.1:${port})`)
  taken.close()
})

test('a configuration that cannot be used does not cost the server that runs', async () => {
  config('c.json', { endpoints })
  await command.run(['start', '--port', '0', '--config', 'c.json'])
  const [{ pid } = { pid: 0 }] = records()
  config('c.json', { endpoints: {} })
  expect((await command.run(['restart'])).code).toBe(1)
  expect(isAlive(pid)).toBe(true)
})

test('a note of a server that is gone is believed by nobody, whoever has its number or its port now', async () => {
  // Whoever answers there now is another server.
  const stranger = createServer((_, response) => response.end('{"status":"ok","instance":"another"}')).listen(0, '127.0.0.1')
  await new Promise((resolve) => stranger.once('listening', resolve))
  const url = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`
  await command.run(['start', '--port', '0'])
  const [template] = records()
  await command.run(['stop'])
  const stale = { ...template, pid: process.pid, url, instance: 'gone' }
  writeFileSync(join(folder(), 'gone.json'), JSON.stringify(stale))
  // This process is alive, and must stay so.
  expect(await command.run(['stop'])).toMatchObject({ code: 3 })
  expect(files()).toEqual([])

  // Nobody answers there.
  await new Promise((resolve) => stranger.close(resolve))
  writeFileSync(join(folder(), 'gone.json'), JSON.stringify(stale))
  expect(await command.run(['status'])).toMatchObject({ code: 3 })
  expect(files()).toEqual([])
})

test('of several servers one is named', async () => {
  config('one.json', { endpoints })
  config('two.json', { endpoints })
  await command.run(['start', '--port', '0', '--config', 'one.json'])
  await command.run(['start', '--port', '0', '--config', 'two.json'])
  const stopped = await command.run(['stop'])
  expect(stopped.code).toBe(1)
  expect(stopped.err).toContain('Several servers are running')
  const [one, two] = records().map(({ url }) => new URL(url).port)
  expect((await command.run(['stop', '--port', one!])).code).toBe(0)
  expect((await command.run(['status'])).out).toContain(`:${two}`)
  const codes = [await command.run(['stop', '--config', 'one.json']), await command.run(['stop', '--config', 'two.json'])]
  expect(codes.map(({ code }) => code).toSorted((a, b) => a! - b!)).toEqual([0, 3])
})

test('one that asks for keys lets this user’s programs in, and shows their key to nobody', async () => {
  config('keys.json', { endpoints, server: { keys: ['a-key-of-sixteen-characters'] } })
  await command.run(['start', '--port', '0', '--config', 'keys.json'])
  const [{ url, token } = { url: '', token: '' }] = records()
  expect((await fetch(`${url}/v1/models`)).status).toBe(401)
  expect((await fetch(`${url}/v1/models`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200)
  const { out } = await command.run(['env', '--config', 'keys.json'])
  expect(out).toContain(`export ANTHROPIC_AUTH_TOKEN='${token}'`)
  const told = await Promise.all([command.run(['status', '--json']), command.run(['status'])])
  for (const status of told) expect(status.out).not.toContain(token)
})

test('a client may be called as this user’s programs are', async () => {
  config('local.json', { endpoints, server: { keys: [{ name: 'local', key: 'a-key-of-sixteen-characters' }] } })
  expect(await command.run(['start', '--port', '0', '--config', 'local.json'])).toMatchObject({ code: 0, err: '' })
  const [{ url, token = '' } = { url: '' }] = records()
  for (const key of [token, 'a-key-of-sixteen-characters'])
    expect((await fetch(`${url}/v1/models`, { headers: { authorization: `Bearer ${key}` } })).status).toBe(200)
})

test('one that gets its first key as it runs lets this user’s programs in as well, and everybody when it has none any more', async () => {
  config('later.json', { endpoints })
  await command.run(['start', '--port', '0', '--config', 'later.json'])
  const [{ url } = { url: '' }] = records()
  const status = async (token?: string) =>
    (await fetch(`${url}/v1/models`, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } })).status
  expect([await status(), records()[0]?.token]).toEqual([200, undefined])
  await command.run(['keys', 'create', 'ann', '--config', 'later.json'])
  await eventually(async () => (await status()) === 401)
  const token = records()[0]?.token
  expect(token).toBeDefined()
  expect(await status(token)).toBe(200)
  expect((await command.run(['env', '--config', 'later.json'])).out).toContain(`export ANTHROPIC_AUTH_TOKEN='${token}'`)
  config('later.json', { endpoints })
  await eventually(async () => (await status()) === 200)
  expect(await status(token)).toBe(200)
  expect((await command.run(['stop'])).code).toBe(0)
  expect(files()).toEqual([])
})

test('serve, in the foreground, is noted as well, and forgotten when it ends', async () => {
  const { url, stop } = await command.start([])
  expect((await command.run(['status'])).out).toContain(url)
  await stop()
  expect(files()).toEqual([])
})

test('its log is where `logs` looks', async () => {
  rmSync(join(command.home, '.local/state/cc-route/cc-route.log'), { force: true })
  await command.run(['start', '--port', '0'])
  const [{ url } = { url: '' }] = records()
  await fetch(`${url}/v1/models`)
  await fetch(`${url}/nowhere`)
  const shown = await eventually(async () => {
    const { out } = await command.run(['logs'])
    return out.includes('/nowhere') && out
  })
  expect(shown).toMatch(/INFO {2}GET \/v1\/models {2}status=200/)
  expect((await command.run(['logs', '--level', 'warn'])).out).not.toContain('/v1/models')
  expect(
    (await command.run(['logs', '--grep', 'v1', '--json'])).out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { message: string }).message),
  ).toEqual(['GET /v1/models'])
  expect((await command.run(['logs', '--since', '2099-01-01'])).out).toBe('')
  expect((await command.run(['logs', '-n', '1'])).out.trim().split('\n')).toHaveLength(1)

  const following = command.open(['logs', '-f', '--grep', 'later'])
  await eventually(async () => {
    await fetch(`${url}/later`)
    return following.seen.out.includes('/later')
  })
  following.child.kill()
})
