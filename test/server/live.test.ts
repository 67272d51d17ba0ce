import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Fetch } from '../../src/router/fetch.ts'
import { readConfig } from '../../src/server/config/read.ts'
import type { ConfigInput } from '../../src/server/config/schema.ts'
import { loadConfig } from '../../src/server/config/load.ts'
import { watchConfig } from '../../src/server/config/watch.ts'
import { createDemo } from '../../src/server/demo/demo.ts'
import { createLive } from '../../src/server/live.ts'
import { virtualClock } from '../../src/testing/clock.ts'
import { clientOf } from './clients.ts'
import { folder } from './config/folder.ts'

const claude = clientOf('claude')
const load = { variables: {} }
const text = (name: string) =>
  JSON.stringify({ endpoints: { [name]: { protocol: 'openai', baseUrl: `https://${name}.example/v1`, model: `model-of-${name}` } } })

test('200 streams run while the configuration changes 50 times, bad ones among them: nothing is dropped, nothing mixed', async () => {
  const path = join(folder(), 'config.json')
  writeFileSync(path, text('v0'))
  const clock = virtualClock()
  const asked: string[] = []
  const demo = createDemo({ clock, delayMs: 10 })
  const upstream: Fetch = async (input, init) => {
    const sent = init?.body instanceof Uint8Array ? new TextDecoder().decode(init.body) : (init?.body as string)
    asked.push(`${new URL(input as string).hostname.replace('.example', '')} ${(JSON.parse(sent) as { model: string }).model}`)
    return demo(input, init)
  }
  const current = await loadConfig(path, load)
  const live = createLive(current.config, { fetchFor: () => upstream, clock })
  const problems: unknown[] = []
  const watch = watchConfig(
    path,
    ({ config }) => live.use(config),
    (error) => problems.push(error),
    {
      ...load,
      current,
      clock,
      observe: () => () => {},
    },
  )

  const begin = () =>
    live.fetch(`http://localhost${claude.path}`, { method: 'POST', body: JSON.stringify({ ...claude.body, stream: true }) })
  const streams: Promise<string>[] = []
  const expected: string[] = []
  let version = 'v0'
  for (let change = 1; change <= 50; change++) {
    for (let index = 0; index < 4; index++) {
      streams.push(begin().then((response) => response.text()))
      expected.push(`${version} model-of-${version}`)
    }
    await clock.advance(5)
    const bad = change % 5 === 0
    writeFileSync(path, bad ? text(`v${change}`).replace('model', 'modle') : text(`v${change}`))
    await watch.reload()
    if (!bad) version = `v${change}`
    expect(live.models()[0]?.id).toBe(`model-of-${version}`)
  }
  for (let turn = 0; turn < 50; turn++) await clock.advance(10_000)
  const answers = await Promise.all(streams)
  watch.close()

  expect(problems).toHaveLength(10)
  expect(asked).toEqual(expected)
  expect(answers.filter((answer) => answer.includes('event: message_stop') && !answer.includes('event: error'))).toHaveLength(200)
  const [start] = answers.map((answer) => answer.split('event: message_start').length - 1)
  expect(start).toBe(1)
  expect(new Set(answers.map((answer) => answer.replaceAll(/"id":"[^"]*"|v\d+/g, ''))).size).toBe(1)
})

test('a configuration that cannot work is refused, and the one before stays', async () => {
  const path = join(folder(), 'config.json')
  writeFileSync(path, text('v0'))
  const { config } = await loadConfig(path, load)
  const live = createLive(config)
  const broken = { ...config, routes: { default: 'nobody' } }
  expect(() => live.use(broken)).toThrow(TypeError)
  expect(live.models()[0]?.id).toBe('model-of-v0')
})

test('members are checked as the configuration of the moment says, until nobody wants to know', async () => {
  const clock = virtualClock()
  const asked: string[] = []
  const upstream: Fetch = (input) => {
    asked.push(String(input))
    return Promise.resolve(new Response('{}'))
  }
  const settled = (name: string, everyMs: string) => {
    const endpoints = { [name]: { protocol: 'openai', baseUrl: `https://${name}.example/v1`, model: 'm' } }
    return readConfig({
      endpoints,
      pools: { main: { members: [`${name}/n`], health: { everyMs } } },
      routes: { default: 'main' },
    } as ConfigInput)
  }
  const live = createLive(settled('a', '10s'), { fetchFor: () => upstream, clock })
  await clock.advance(60_000)
  expect(asked).toEqual([])
  const stop = new AbortController()
  live.watch(stop.signal)
  await clock.advance(15_000)
  live.use(settled('b', '1m'))
  await clock.advance(60_000)
  expect(asked.map((url) => url.slice('https://'.length))).toEqual(
    [...['a', 'a'], ...['b', 'b']].map((name) => `${name}.example/v1/models`),
  )
  stop.abort()
  expect(clock.waiting).toBe(0)
})
