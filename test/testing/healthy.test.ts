import { describe, expect, test } from 'vitest'
import { endpoint } from '../../src/index.ts'
import { chaosProvider, readEvents, seededRandom, virtualClock } from '../../src/testing/index.ts'
import { errorOf, listen, PROTOCOLS, question } from './asking.ts'

const TEXT = 'All is well. This answer comes in several pieces, so that there is something to break off.'
const reply = {
  reasoning: 'Let me think.',
  text: 'It is warm: 21 °C.',
  toolCalls: [{ id: 'call_1', name: 'weather', input: { city: 'Oslo' } }],
}

describe.each(PROTOCOLS)('a healthy provider of %s', (protocol) => {
  test('answers whole, with usage, and is done once it is read', async () => {
    const provider = chaosProvider()
    const response = await provider(question(protocol))
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(provider.open).toBe(1)
    const text = await response.text()
    expect(text).toContain(TEXT)
    expect(text.toLowerCase()).toContain('usage')
    expect(provider.open).toBe(0)
    expect(provider.requests).toMatchObject([{ index: 0, protocol, model: 'm1', key: 'k1', stream: false, state: 'complete' }])
    expect(JSON.stringify(provider.requests[0]!.headers)).not.toContain('k1')
  })

  test('streams in events of its own', async () => {
    const provider = chaosProvider()
    const response = await provider(question(protocol, { stream: true }))
    expect(response.headers.get('content-type')).toContain('event-stream')
    const events = await readEvents(response)
    expect(events.length).toBeGreaterThan(6)
    expect(provider.open).toBe(0)
    expect(provider.requests).toMatchObject([{ stream: true, state: 'complete' }])
  })

  test.each([false, true])('says what it is told, stream %s', async (stream) => {
    const provider = chaosProvider({ reply, random: seededRandom(1) })
    // Through an endpoint of the same provider, read in another protocol: both must understand all of it.
    const app = endpoint({ protocol, baseUrl: 'https://provider.example', apiKey: 'k', model: 'm', fetch: provider })
    const asked = {
      model: 'x',
      max_tokens: 2000,
      thinking: { type: 'enabled', budget_tokens: 1024 },
      tools: [{ name: 'weather', input_schema: { type: 'object' } }],
      stream,
      messages: [{ role: 'user', content: 'Hi' }],
    }
    const response = await app('http://localhost/v1/messages', { method: 'POST', body: JSON.stringify(asked) })
    const said = await response.text()
    expect(said).toContain('"tool_use"')
    expect(said).toContain('weather')
    expect(said.replace(/"partial_json":"([^]*?)"\}\}[^]*?(?="partial_json"|content_block_stop)/g, '$1')).toContain('Oslo')
    if (!stream) expect(JSON.parse(said)).toMatchObject({ stop_reason: 'tool_use' })
    if (!stream) expect(said).toContain('21 °C')
    expect(said).toContain('thinking')
  })

  test('keeps the time it is told to keep', async () => {
    const clock = virtualClock()
    const provider = chaosProvider({ clock, latencyMs: 300, eventMs: 100 })
    const asked = provider(question(protocol, { stream: true }))
    await clock.advance(299)
    expect(provider.requests).toMatchObject([{ at: 0, state: 'running' }])
    await clock.advance(1)
    const { times, how } = await listen(await asked, clock, 10_000)
    expect(how).toBe('end')
    expect(times).toEqual(times.map((_, index) => 300 + 100 * index))
    expect(provider.requests[0]!.endedAt).toBe(times.at(-1))
    expect(clock.waiting).toBe(0)
  })

  test('counts tokens where the protocol can ask for that', async () => {
    const path = {
      claude: '/v1/messages/count_tokens',
      openai: '',
      'openai-responses': '/v1/responses/input_tokens',
      gemini: '/v1beta/models/m1:countTokens',
    }[protocol]
    if (!path) return
    const { body } = question(protocol)
    const response = await chaosProvider()(`https://provider.example${path}`, { method: 'POST', body: await new Response(body).text() })
    expect(JSON.stringify(await response.json())).toMatch(/:\d+/)
  })

  test('refuses what is no request, in its own words', async () => {
    const provider = chaosProvider()
    const url = question(protocol).url
    const response = await provider(url, { method: 'POST', body: '{"messages":7,"contents":7,"input":7,"model":7}' })
    expect(response.status).toBe(400)
    expect(await response.json()).toHaveProperty('error.message')
    expect(provider.open).toBe(0)
  })
})

describe('whoever asks may go away', () => {
  test.each(['before the answer', 'before the call'])('%s', async (when) => {
    const clock = virtualClock()
    const provider = chaosProvider({ clock, latencyMs: 1000 })
    const controller = new AbortController()
    if (when === 'before the call') controller.abort()
    const asked = errorOf(provider(question('claude', { signal: controller.signal })))
    await clock.advance(500)
    controller.abort()
    expect(await asked).toMatchObject({ name: 'AbortError' })
    expect(provider.open).toBe(0)
    expect(clock.waiting).toBe(0)
    expect(provider.requests.map(({ state, endedAt }) => ({ state, endedAt }))).toEqual(
      when === 'before the call' ? [] : [{ state: 'aborted', endedAt: 500 }],
    )
  })

  test.each(['abort', 'cancel'])('amid the answer, by %s', async (way) => {
    const clock = virtualClock()
    const provider = chaosProvider({ clock, eventMs: 1000 })
    const controller = new AbortController()
    const response = await provider(question('openai', { stream: true, signal: controller.signal }))
    const heard = await listen(response, clock, 2000)
    expect(heard.how).toBe('silent')
    expect(provider.open).toBe(1)
    if (way === 'abort') controller.abort()
    else await heard.cancel()
    await clock.advance(0)
    expect(provider.open).toBe(0)
    expect(clock.waiting).toBe(0)
    expect(provider.requests[0]).toMatchObject({ state: 'aborted', endedAt: 2000 })
    if (way === 'abort') expect(heard.error).toMatchObject({ name: 'AbortError' })
  })

  test('never reading the answer', async () => {
    const provider = chaosProvider()
    const response = await provider(question('gemini'))
    expect(provider.open).toBe(1)
    await response.body!.cancel()
    expect(provider.open).toBe(0)
  })
})

test('ids come from the random numbers that are given', async () => {
  const said = async (seed: number) =>
    (await chaosProvider({ random: seededRandom(seed), clock: virtualClock() })(question('claude'))).text()
  expect(await said(1)).toBe(await said(1))
  expect(await said(1)).not.toBe(await said(2))
})
