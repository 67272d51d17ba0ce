/** CLIProxyAPI and better-ccflare: they listened on all interfaces by default, the second without any key. */
import { networkInterfaces } from 'node:os'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { gateway } from '../../../src/server/gateway.ts'
import { serve } from '../../../src/server/serve.ts'
import { buildCommand, type Command } from '../cli/command.ts'

const app = () => Promise.resolve(new Response())
let command: Command
beforeAll(async () => void (command = await buildCommand()), 60_000)
afterAll(() => command.remove())

/** Addresses of this machine that others can reach. */
const addresses = Object.values(networkInterfaces())
  .flatMap((found) => found ?? [])
  .filter(({ internal, address }) => !internal && !address.startsWith('fe80'))
  .map(({ address }) => address)

const reaches = (host: string, port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect({ host, port }, () => (socket.destroy(), resolve(true))).on('error', () => resolve(false))
  })

test('a server is reached from this machine alone', async () => {
  const served = await serve(app, { port: 0 })
  expect(await reaches('127.0.0.1', served.port)).toBe(true)
  for (const address of addresses) expect([address, await reaches(address, served.port)]).toEqual([address, false])
  await served.close()
})

test.each(['0.0.0.0', '::', ...addresses])('on %s it asks for keys, or does not start', async (hostname) => {
  await expect(serve(app, { port: 0, hostname })).rejects.toThrow(/keys/)
})

test('the command neither', async () => {
  const { code, err } = await command.run(['serve', '--port', '0', '--host', '0.0.0.0'], {
    HOME: command.folder,
    OPENAI_API_KEY: 'sk-secret-0123456789',
  })
  expect(code).not.toBe(0)
  expect(err).toMatch(/keys/)
  expect(err).not.toContain('sk-secret')
})

test('nor does one that has keys, and is told of a configuration without', async () => {
  const endpoints = { a: { protocol: 'openai', baseUrl: 'https://a.example' } } as const
  const configured = gateway({ endpoints, server: { keys: ['a-key-of-its-clients'] } })
  const served = await serve(configured, { port: 0, hostname: '0.0.0.0' })
  expect(() => configured.use({ endpoints })).toThrow(/keys/)
  expect((await fetch(`${served.url}/v1/models`)).status).toBe(401)
  await served.close()
  // On loopback nobody else could reach it.
  const local = await serve(configured, { port: 0 })
  configured.use({ endpoints })
  expect((await fetch(`${local.url}/v1/models`)).status).toBe(200)
  await local.close()
})
