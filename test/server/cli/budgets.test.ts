import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serve, type Served } from '../../../src/server/serve.ts'
import { chaosProvider } from '../../../src/testing/index.ts'
import { buildCommand, type Command } from './command.ts'

let command: Command
let provider: Served
const chaos = chaosProvider({ reply: { usage: { input: 1000, output: 100 } } })
beforeAll(async () => {
  provider = await serve(chaos, { port: 0 })
  command = await buildCommand()
}, 60_000)
afterAll(async () => {
  command.remove()
  await provider.close()
})

const ask = async (url: string) => {
  const response = await fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'm', max_tokens: 100, messages: [{ role: 'user', content: 'hi' }] }),
  })
  await response.text()
  return { status: response.status, budget: response.headers.get('x-cc-route-budget') }
}

test('what was used up outlives a server that is killed, and holds for another one beside it', async () => {
  const config = command.write(
    'config.json',
    JSON.stringify({
      prices: { data: false, models: { '*': { input: 10, output: 100 } } },
      budgets: [{ usd: 0.05, per: 'total' }],
      endpoints: { one: { protocol: 'claude', baseUrl: provider.url, apiKey: 'k' } },
    }),
  )
  const first = await command.start(['--config', config])
  expect(await ask(first.url)).toEqual({ status: 200, budget: 'left=0.05; limit=0.05; unit=usd; per=total; of=everybody' })
  await first.stop('SIGKILL')
  const file = join(command.home, '.local/state/cc-route/budgets.db')
  expect([existsSync(file), statSync(file).mode & 0o777]).toEqual([true, 0o600])

  const [second, third] = await Promise.all([command.start(['--config', config]), command.start(['--config', config])])
  expect(await ask(second.url)).toEqual({ status: 200, budget: 'left=0.03; limit=0.05; unit=usd; per=total; of=everybody' })
  expect(await ask(third.url)).toEqual({ status: 200, budget: 'left=0.01; limit=0.05; unit=usd; per=total; of=everybody' })
  expect(await ask(second.url)).toEqual({ status: 403, budget: 'left=0; limit=0.05; unit=usd; per=total; of=everybody' })
  expect(chaos.requests).toHaveLength(3)
  await Promise.all([second.stop(), third.stop()])
}, 60_000)
