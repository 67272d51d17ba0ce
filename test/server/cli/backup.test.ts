import { existsSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { once } from 'node:events'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { davServer, PASSWORD, USER } from '../backup/dav-server.ts'
import { buildCommand, eventually, type Command } from './command.ts'

let command: Command
beforeAll(async () => void (command = await buildCommand()), 60_000)
afterAll(() => command.remove())

const configText = (url: string, more = '') =>
  `{\n  // mine\n  "endpoints": { "one": { "protocol": "openai", "baseUrl": "https://one.example", "apiKey": "$ONE_KEY" } },\n` +
  `  "backup": { "url": "${url}/cc", "username": "${USER}", "password": "$DAV_PASSWORD", "name": "laptop"${more} }\n}\n`
const env = { ONE_KEY: 'sk-one', DAV_PASSWORD: PASSWORD }

test('there and back', async () => {
  const { url } = await davServer()
  const text = configText(url)
  const path = command.write('config.jsonc', text)
  const run = (...args: string[]) => command.run(['backup', ...args, '--config', path], env)

  expect(await run('test')).toMatchObject({ code: 0, out: expect.stringMatching(/takes and gives files \(\d+ ms\)\.\n$/) })
  const made = await run()
  expect(made).toMatchObject({ code: 0, err: '' })
  const [, file] = /^Backed up: (laptop-\S+\.tar\.gz) \(\d+ B\): config\/config\.jsonc\.\n/.exec(made.out)!
  expect(made.out).toContain('It is not encrypted')
  expect((await run('list')).out).toMatch(`At the server:\n  ${file}`)
  expect(JSON.parse((await run('list', '--json')).out)).toMatchObject({ remote: [{ file, owner: 'laptop' }], local: [] })

  command.write('config.jsonc', text.replace('// mine', '// changed'))
  const restored = await run('restore', file!, '--mode', 'overwrite')
  expect(restored).toMatchObject({ code: 0, err: '' })
  expect(restored.out).toContain(`${path} is as it was then`)
  expect(readFileSync(path, 'utf8')).toBe(text)
  const before = /the file before is (\S+)/.exec(restored.out)![1]!
  expect(readFileSync(before, 'utf8')).toContain('// changed')
  expect((await run('restore')).out).toContain('lacks nothing of it')
  expect((await run('restore', before.split('/').at(-1)!, '--mode', 'overwrite')).code).toBe(0)
  expect(readFileSync(path, 'utf8')).toContain('// changed')
})

test('a machine without a configuration gets one, told by variables where it is', async () => {
  const { url } = await davServer()
  const path = command.write('config.jsonc', configText(url, ', "passphrase": "correct horse"'))
  expect((await command.run(['backup', '--config', path], env)).out).toContain('.tar.gz.enc')
  const there = { CC_ROUTE_BACKUP_URL: `${url}/cc`, CC_ROUTE_BACKUP_USERNAME: USER, CC_ROUTE_BACKUP_PASSWORD: PASSWORD }
  const sealed = { ...there, CC_ROUTE_BACKUP_PASSPHRASE: 'correct horse' }
  const target = join(command.home, '.config/cc-route/config.jsonc')

  expect(await command.run(['backup', 'restore'], there)).toMatchObject({
    code: 1,
    err: expect.stringContaining('The backup is encrypted.'),
  })
  const lacking = await command.run(['backup', 'restore'], sealed)
  expect(lacking).toMatchObject({ code: 1, out: '' })
  expect(lacking.err).toMatch(/Nothing was restored\..*\$?ONE_KEY.*--force/s)
  expect(existsSync(target)).toBe(false)
  expect(await command.run(['backup', 'restore', '--force'], sealed)).toMatchObject({ code: 0 })
  expect(readFileSync(target, 'utf8')).toBe(readFileSync(path, 'utf8'))
  rmSync(target)
})

test.each([
  [['backup', 'nwo'], /not "nwo"\. Did you mean "now"\?/],
  [['backup', 'list', 'x'], /backup list takes no argument "x"/],
  [['backup', 'now', '--mode', 'overwrite'], /backup now takes no --mode/],
  [['backup', 'restore', '--mode', 'both'], /--mode takes keep-local, overwrite, not "both"/],
])('%j is misuse', async (args, message) => {
  const { code, err } = await command.run(args)
  expect(code).toBe(2)
  expect(err).toMatch(message)
})

test('without a server for it', async () => {
  const path = command.write('plain.json', '{ "endpoints": { "ollama": {} } }')
  expect(await command.run(['backup', '--config', path])).toMatchObject({ code: 1, err: expect.stringContaining('No server for backups') })
  expect((await command.run(['backup', 'list', '--config', path])).out).toContain('There is nothing: no server is configured')
})

test('the ledger of a server comes to another machine', async () => {
  const { url } = await davServer()
  const provider = createServer((request, response) => {
    const message = { role: 'assistant', content: 'Hi.' }
    const answer = { id: 'c', object: 'chat.completion', created: 1, model: 'm', choices: [{ index: 0, message, finish_reason: 'stop' }] }
    request.resume().on('end', () => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ ...answer, usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 } }))
    })
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void provider.close())
  await once(provider, 'listening')
  const text = configText(url).replace('https://one.example', `http://127.0.0.1:${(provider.address() as AddressInfo).port}`)
  const path = command.write('ledger.jsonc', text)
  const machine = (name: string) => ({ ...env, XDG_STATE_HOME: join(command.folder, name) })
  const requests = async (name: string) => {
    const { out } = await command.run(['usage', 'today', '--json', '--config', path], machine(name))
    return out
  }
  const server = await command.start(['--config', path], machine('first'))
  const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Hi' }] })
  const post = () => fetch(`${server.url}/v1/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  expect((await post()).status).toBe(200)
  await eventually(async () => (await requests('first')).includes('"requests": 1'))

  // While the server has it open.
  expect((await command.run(['backup', '--config', path], machine('first'))).out).toMatch(/config\/config\.jsonc, ledger\/usage/)
  expect(await requests('second')).not.toContain('"requests": 1')
  const restored = await command.run(['backup', 'restore', '--config', path], machine('second'))
  expect(restored.out).toContain('1 records came into the ledger')
  expect(await requests('second')).toContain('"requests": 1')
  expect((await command.run(['backup', 'restore', '--config', path], machine('second'))).out).toContain('0 records came')

  expect((await post()).status).toBe(200)
  await eventually(async () => (await requests('first')).includes('"requests": 2'))
  const overwritten = await command.run(
    ['backup', 'restore', '--mode', 'overwrite', '--only', 'ledger', '--config', path],
    machine('first'),
  )
  expect(overwritten.out).toMatch(/1 records came into the ledger\n {2}the ledger before is .*\/first\/cc-route\/backups\/ledger-/)
  expect(await requests('first')).toContain('"requests": 1')
  await server.stop()
}, 60_000)

test('a server that runs makes them for its API', async () => {
  const { url } = await davServer()
  const path = command.write('served.jsonc', configText(url, ', "every": "1m"'))
  const server = await command.start(['--config', path], env)
  const made = await fetch(`${server.url}/admin/backups`, { method: 'POST' })
  expect(made.status).toBe(201)
  await eventually(() => existsSync(join(command.home, '.local/state/cc-route/backup/last.json')))
  const { err } = await server.stop()
  expect(err).not.toContain(PASSWORD)
})
