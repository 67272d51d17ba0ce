import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sleep } from '../../src/core/clock.ts'
import type { Fetch } from '../../src/router/fetch.ts'
import { loadConfig } from '../../src/server/config/load.ts'
import type { ConfigInput } from '../../src/server/config/schema.ts'
import { watchConfig } from '../../src/server/config/watch.ts'
import { createDemo } from '../../src/server/demo/demo.ts'
import { gateway } from '../../src/server/gateway.ts'
import { virtualClock } from '../../src/testing/clock.ts'
import { clientOf } from './clients.ts'
import { folder } from './config/folder.ts'

const claude = clientOf('claude')
const load = { variables: {} }
const at = (host: string) => ({ protocol: 'openai' as const, baseUrl: `https://${host}.example/v1` })

/** Each version has providers, a pool and a key of clients that no other has. */
const version = (number: number): ConfigInput => ({
  server: { keys: [`the-key-of-version-${number}`] },
  endpoints: { [`a${number}`]: at(`a${number}`), [`b${number}`]: { ...at(`b${number}`), models: { [`only-in-${number}`]: 'x' } } },
  pools: { main: { members: [`a${number}`, `b${number}`] } },
  routes: { default: 'main' },
})

test('200 streams run while the configuration changes 50 times, bad ones among them: nothing is dropped, nothing mixed', async () => {
  const path = join(folder(), 'config.json')
  const write = (config: ConfigInput) => writeFileSync(path, JSON.stringify(config))
  write(version(0))
  const clock = virtualClock()
  const demo = createDemo({ clock, delayMs: 10 })
  /** Which hosts were asked on behalf of each request, which is told by its model. */
  const asked = new Map<string, string[]>()
  const upstream: Fetch = async (input, init) => {
    const sent = init?.body instanceof Uint8Array ? new TextDecoder().decode(init.body) : (init?.body as string)
    const { model } = JSON.parse(sent) as { model: string }
    const host = new URL(input as string).hostname.replace('.example', '')
    asked.set(model, [...(asked.get(model) ?? []), host])
    if (host.startsWith('b')) return demo(input, init)
    // The first provider fails, and not before the configuration has changed once more.
    await sleep(clock, 12, init!.signal!)
    return Response.json({ error: { message: 'no credit', code: 'insufficient_quota' } }, { status: 429 })
  }
  const current = await loadConfig(path, load)
  const app = gateway(current, { fetchFor: () => upstream, clock })
  const problems: unknown[] = []
  const watch = watchConfig(
    path,
    (next) => app.use(next),
    (error) => problems.push(error),
    { ...load, current, clock, observe: () => () => {} },
  )
  const begin = async (model: string, number: number) => {
    const response = await app(`http://localhost${claude.path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': `the-key-of-version-${number}` },
      body: JSON.stringify({ ...claude.body, model, stream: true }),
    })
    return response.text()
  }

  const streams: Promise<string>[] = []
  const expected: string[] = []
  let inUse = 0
  for (let change = 1; change <= 50; change++) {
    for (let index = 0; index < 4; index++) {
      const model = `m${change}-${index}`
      streams.push(begin(model, inUse))
      expected.push(`${model} ${inUse}`)
    }
    await clock.advance(5)
    const isBad = change % 5 === 0
    write(isBad ? { ...version(change), routes: { default: 'nobody' } } : version(change))
    await watch.reload()
    if (!isBad) inUse = change
    expect(app.composition.models.map(({ id }) => id)).toEqual([`only-in-${inUse}`])
  }
  for (let turn = 0; turn < 100; turn++) await clock.advance(1000)
  const answers = await Promise.all(streams)
  watch.close()

  expect(problems).toHaveLength(10)
  const versions = [...asked].map(([model, hosts]) => [model, ...new Set(hosts.map((host) => host.slice(1)))].join(' '))
  expect(versions.toSorted()).toEqual(expected.toSorted())
  expect([...asked.values()].filter(([first]) => first!.startsWith('a')).length).toBeGreaterThan(150)
  const whole = answers.filter(
    (answer) =>
      answer.split('event: message_start').length === 2 && answer.includes('event: message_stop') && !answer.includes('event: error'),
  )
  expect(whole).toHaveLength(200)
  expect(new Set(answers.map((answer) => answer.replaceAll(/"id":"[^"]*"|m\d+-\d/g, ''))).size).toBe(1)
})

test('members are checked as the configuration of the moment says, until nobody wants to know', async () => {
  const clock = virtualClock()
  const asked: string[] = []
  const upstream: Fetch = (input) => {
    asked.push(String(input))
    return Promise.resolve(new Response('{}'))
  }
  const checked = (name: string, everyMs: string): ConfigInput => ({
    endpoints: { [name]: { ...at(name), model: 'm' } },
    pools: { main: { members: [`${name}/n`], health: { everyMs } } },
    routes: { default: 'main' },
  })
  const app = gateway(checked('a', '10s'), { fetchFor: () => upstream, clock })
  await clock.advance(60_000)
  expect(asked).toEqual([])
  const stop = new AbortController()
  app.watch(stop.signal)
  await clock.advance(15_000)
  app.use(checked('b', '1m'))
  await clock.advance(60_000)
  expect(asked).toEqual(['a', 'a', 'b', 'b'].map((name) => `https://${name}.example/v1/models`))
  stop.abort()
  expect(clock.waiting).toBe(0)
})
