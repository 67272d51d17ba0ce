/** What whoever calls fetch sees of each fault, in each protocol, whole and streamed. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { ProtocolName } from '../../src/core/chat.ts'
import { classify, type FailureClass } from '../../src/router/failures/classify.ts'
import { protocols } from '../../src/transformers/registry.ts'
import {
  chaosProvider,
  FAULTS,
  readEvents,
  RESET_SIGNALS,
  virtualClock,
  type Fault,
  type FaultName,
  type FaultSpec,
  type ResetSignal,
} from '../../src/testing/index.ts'
import { ANSWER_FAULTS, BODY_FAULTS, CONNECTION_FAULTS, STATUS_FAULTS, type StatusFaultName } from '../../src/testing/chaos/fault.ts'
import { errorOf, listen, PROTOCOLS, question } from './asking.ts'

const cells = PROTOCOLS.flatMap((protocol) => [false, true].map((stream) => ({ protocol, stream })))
type Cell = (typeof cells)[number]

const setUp = (fault?: Fault, more: { eventMs?: number } = {}) => {
  const clock = virtualClock()
  return { clock, provider: chaosProvider({ clock, random: () => 0.5, ...(fault && { faults: fault }), ...more }) }
}

/** Asks once, reads for `ms`, and checks that nothing stays open but what still runs. */
async function meet(fault: Fault | undefined, { protocol, stream }: Cell, ms = 0, more: { eventMs?: number } = {}) {
  const { clock, provider } = setUp(fault, more)
  const response = await provider(question(protocol, { stream }))
  const heard = await listen(response, clock, ms)
  const { how } = heard
  const { state } = provider.requests[0]!
  expect(provider.open).toBe(heard.how === 'silent' ? 1 : 0)
  expect(state).toBe({ end: 'complete', error: 'broken', silent: 'running' }[heard.how])
  if (heard.how === 'silent') await heard.cancel()
  expect(provider.open).toBe(0)
  expect(clock.waiting).toBe(0)
  return { response, ...heard, how, events: await readEvents(new Response(heard.bytes as Uint8Array<ArrayBuffer>)) }
}

const healthy = (cell: Cell) => meet(undefined, cell)

const TERMINATOR: Record<ProtocolName, RegExp> = {
  claude: /event: message_stop\n.*\n\n$/,
  openai: /data: \[DONE\]\n\n$/,
  'openai-responses': /event: response\.completed\n.*\n\n$/,
  gemini: /"finishReason":"STOP"[^\n]*\n\n$/,
}

test('every fault has its place below', () => {
  expect(new Set(FAULTS).size).toBe(FAULTS.length)
  expect([...CONNECTION_FAULTS, ...STATUS_FAULTS, ...ANSWER_FAULTS, ...BODY_FAULTS]).toEqual([...FAULTS])
  const here: FaultName[] = [
    ...Object.keys(CODES),
    'connect-timeout',
    'hang',
    ...Object.keys(STATUSES),
    'slow-headers',
    'slow-first-token',
    'slow-stream',
    'html',
    'empty',
    'wrong-form',
    'refusal',
    'stall',
    'cut',
    'missing-terminator',
    'malformed-event',
    'invalid-utf8',
    'error-event',
  ] as FaultName[]
  expect([...here].sort()).toEqual([...FAULTS].sort())
})

test('the page about faults has all of them, each with its status', () => {
  const page = readFileSync(new URL('../../docs/chaos.md', import.meta.url), 'utf8')
  const rows = new Map([...page.matchAll(/^\| `([a-z0-9-]+)` +\| ([^|]*)\|/gm)].map(([, name, second]) => [name!, second!.trim()]))
  expect([...FAULTS, ...RESET_SIGNALS].filter((name) => !rows.has(name))).toEqual([])
  for (const [name, { status }] of Object.entries(STATUSES))
    for (const one of [status].flat()) expect(`${name}: ${rows.get(name)}`).toContain(String(one))
  for (const [name, code] of Object.entries(CODES)) expect(page).toMatch(new RegExp(`^\\| \`${name}\`.*${code}`, 'm'))
})

test('a fault that there is not is refused', async () => {
  const provider = chaosProvider({ faults: 'rain' as FaultName })
  expect(await errorOf(provider(question('claude')))).toMatchObject({
    name: 'TypeError',
    message: expect.stringMatching(/no fault "rain".*refuse/) as string,
  })
  expect(provider.open).toBe(0)
})

const CODES = { refuse: 'ECONNREFUSED', dns: 'ENOTFOUND', tls: 'CERT_HAS_EXPIRED', reset: 'ECONNRESET', 'hang-up': 'UND_ERR_SOCKET' }

describe.each(cells)('no answer: $protocol, stream $stream', ({ protocol, stream }) => {
  test.each(Object.entries(CODES) as [keyof typeof CODES, string][])('%s is a failed fetch with cause %s', async (fault, code) => {
    const { provider } = setUp(fault)
    const error = await errorOf(provider(question(protocol, { stream })))
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toMatchObject({ message: 'fetch failed', cause: { code } })
    expect(provider.requests).toMatchObject([{ state: 'broken', fault: { type: fault } }])
    expect(provider.open).toBe(0)
  })

  test('a reset while the request is being sent can be told apart', async () => {
    const { provider } = setUp({ type: 'reset', when: 'sending' })
    expect(await errorOf(provider(question(protocol, { stream })))).toMatchObject({ cause: { code: 'EPIPE', syscall: 'write' } })
  })

  test('a connection that cannot be made in time takes ten seconds', async () => {
    const { provider, clock } = setUp('connect-timeout')
    const asked = errorOf(provider(question(protocol, { stream })))
    await clock.advance(9999)
    expect(provider.open).toBe(1)
    await clock.advance(1)
    expect(await asked).toMatchObject({ cause: { code: 'UND_ERR_CONNECT_TIMEOUT', name: 'ConnectTimeoutError' } })
    expect(clock.waiting).toBe(0)
  })

  test('a late error is late', async () => {
    const { provider, clock } = setUp({ type: 'refuse', afterMs: 700 })
    const asked = errorOf(provider(question(protocol, { stream })))
    await clock.advance(700)
    expect(await asked).toMatchObject({ cause: { code: 'ECONNREFUSED' } })
    expect(provider.requests[0]!.endedAt).toBe(700)
  })

  test('hang answers nothing until the caller has had enough', async () => {
    const { provider, clock } = setUp('hang')
    const controller = new AbortController()
    const asked = errorOf(provider(question(protocol, { stream, signal: controller.signal })))
    await clock.advance(86_400_000)
    expect(provider.open).toBe(1)
    controller.abort(new Error('enough'))
    expect(await asked).toMatchObject({ message: 'enough' })
    expect(provider.requests).toMatchObject([{ state: 'aborted' }])
    expect(provider.open).toBe(0)
    expect(clock.waiting).toBe(0)
  })
})

/** The status, and what the router's judgement makes of the answer: of all protocols, or of each in the order of PROTOCOLS. */
const STATUSES: Record<StatusFaultName, { status: number | number[]; class: FailureClass | FailureClass[] }> = {
  'bad-request': { status: 400, class: 'invalid-request' },
  'context-overflow': { status: 400, class: 'context-overflow' },
  'bad-signature': { status: 400, class: 'reasoning-refused' },
  'spend-limit': { status: 400, class: 'out-of-credit' },
  'bad-key': { status: [401, 401, 401, 400], class: 'key-rejected' },
  'expired-login': { status: 401, class: 'key-rejected' },
  'payment-required': { status: 402, class: 'out-of-credit' },
  forbidden: { status: 403, class: 'forbidden' },
  'model-not-found': { status: 404, class: 'model-missing' },
  'request-timeout': { status: 408, class: 'request-timeout' },
  conflict: { status: 409, class: 'conflict' },
  'too-large': { status: 413, class: 'too-large' },
  unprocessable: { status: 422, class: 'invalid-request' },
  'rate-limit': { status: 429, class: 'rate-limited' },
  'insufficient-quota': { status: 429, class: ['out-of-credit', 'out-of-credit', 'out-of-credit', 'quota-exhausted'] },
  'content-policy': { status: 400, class: 'content-policy' },
  'server-error': { status: 500, class: 'server-error' },
  'bad-gateway': { status: 502, class: 'server-error' },
  unavailable: { status: 503, class: 'server-error' },
  'gateway-timeout': { status: 504, class: 'server-error' },
  overloaded: { status: [529, 503, 503, 503], class: 'overloaded' },
}
const START = Date.UTC(2027, 0, 15, 8)

interface Form {
  headers?: Record<string, string>
  text?: string
}
const words = (said: string) => expect.stringContaining(said) as string
/** What each signal looks like on the wire, at {@link START}. */
const SIGNAL_FORMS: Record<ResetSignal, Partial<Record<ProtocolName | 'all', Form>>> = {
  native: {
    claude: { headers: { 'retry-after': '90', 'anthropic-ratelimit-requests-reset': '2027-01-15T08:01:30Z' } },
    openai: {
      headers: { 'retry-after': '90', 'retry-after-ms': '90000', 'x-ratelimit-reset-requests': '1m30s' },
      text: words('again in 1m30s'),
    },
    gemini: { text: words('"retryDelay":"90s"') },
  },
  'retry-after': { all: { headers: { 'retry-after': '90' } } },
  'retry-after-date': { all: { headers: { 'retry-after': 'Fri, 15 Jan 2027 08:01:30 GMT' } } },
  'retry-after-ms': { all: { headers: { 'retry-after-ms': '90000' } } },
  'x-ratelimit-reset': { all: { headers: { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '1m30s' } } },
  'anthropic-ratelimit-reset': { all: { headers: { 'anthropic-ratelimit-requests-reset': '2027-01-15T08:01:30Z' } } },
  'anthropic-unified-reset': {
    all: { headers: { 'anthropic-ratelimit-unified-status': 'rejected', 'anthropic-ratelimit-unified-reset': String(START / 1000 + 90) } },
  },
  'retry-info': { all: { text: words('"retryDelay":"90s"') } },
  metadata: { all: { text: words(`"X-RateLimit-Reset":"${START + 90_000}"`) } },
  words: { all: { text: words('try again in 1m30s.') } },
  none: { all: {} },
}
const PAGES = new Set<string>(['bad-gateway', 'unavailable'])

describe.each(cells)('error answers: $protocol, stream $stream', (cell) => {
  const mine = <T>(of: T | T[]): T => (Array.isArray(of) ? of[PROTOCOLS.indexOf(cell.protocol)]! : of)

  test.each(Object.entries(STATUSES) as [StatusFaultName, (typeof STATUSES)[StatusFaultName]][])('%s', async (fault, expected) => {
    const { response, text, how } = await meet(fault, cell)
    expect(how).toBe('end')
    expect(response.status).toBe(mine(expected.status))
    const body: unknown = PAGES.has(fault) ? text : JSON.parse(text)
    if (PAGES.has(fault)) expect(response.headers.get('content-type')).toMatch(/^text\//)
    else expect(response.headers.get('content-type')).toBe('application/json')
    const failure = protocols[cell.protocol].decodeError({ status: response.status, headers: response.headers, body, now: 0 })
    expect(classify(failure, 0).class).toBe(mine(expected.class))
    if (!PAGES.has(fault)) expect(body).toHaveProperty('error.message')
  })

  test.each(RESET_SIGNALS)('a rate limit that resets in 90 s, told by %s', async (signal) => {
    const provider = chaosProvider({ clock: virtualClock(START), faults: { type: 'rate-limit', signal, seconds: 90 } })
    const response = await provider(question(cell.protocol, cell))
    const { status, headers } = response
    const text = await response.text()
    const failure = protocols[cell.protocol].decodeError({ status, headers, body: JSON.parse(text), now: START })
    expect(failure.kind).toBe('rate-limit')
    expect(failure.retryAfter).toBe(signal === 'none' ? undefined : 90)
    const told = { headers: Object.fromEntries(headers), text }
    expect(told).toMatchObject(SIGNAL_FORMS[signal][cell.protocol] ?? SIGNAL_FORMS[signal].all ?? {})
  })

  test('the page of a load balancer is HTML', async () => {
    expect((await meet('bad-gateway', cell)).text).toMatch(/<title>502 Bad Gateway<\/title>/)
  })

  test('status, headers and body can be replaced', async () => {
    const { response, text } = await meet(
      { type: 'overloaded', status: 529, headers: { 'x-should-retry': 'false' }, body: { odd: 1 } },
      cell,
    )
    expect([response.status, response.headers.get('x-should-retry'), text]).toEqual([529, 'false', '{"odd":1}'])
    expect((await meet({ type: 'forbidden', body: 'Blocked' }, cell)).response.headers.get('content-type')).toBe('text/plain')
  })
})

describe.each(cells)('late and odd answers: $protocol, stream $stream', (cell) => {
  const whole = !cell.stream

  test('slow-headers', async () => {
    const { provider, clock } = setUp('slow-headers')
    const asked = provider(question(cell.protocol, cell))
    await clock.advance(30_000)
    expect((await asked).status).toBe(200)
    expect(clock.now()).toBe(30_000)
    const heard = await listen(await asked, clock)
    expect(heard.how).toBe('end')
    expect(new Set(heard.times)).toEqual(new Set([30_000]))
  })

  test('slow-first-token gives its headers at once', async () => {
    const { times, how, text, response } = await meet({ type: 'slow-first-token', ms: 5000 }, cell, 6000)
    expect(response.status).toBe(200)
    expect(how).toBe('end')
    expect(new Set(times)).toEqual(new Set([5000]))
    expect(text).toBe((await healthy(cell)).text)
  })

  test('slow-first-token with signs of life', async () => {
    const { times, how, text } = await meet({ type: 'slow-first-token', ms: 5000, pingMs: 2000 }, cell, 6000)
    expect(how).toBe('end')
    expect([...new Set(times)]).toEqual([2000, 4000, 5000])
    if (whole) expect(JSON.parse(text)).toEqual(JSON.parse((await healthy(cell)).text))
  })

  test('slow-stream', async () => {
    const { times, how } = await meet({ type: 'slow-stream', ms: 250 }, cell, 60_000)
    expect(how).toBe('end')
    expect(times).toEqual(times.map((_, index) => (whole ? 250 : 250 * (index + 1))))
    expect(times.length).toBeGreaterThan(whole ? 0 : 5)
  })

  test('html is a page with a good status', async () => {
    const { response, text } = await meet('html', cell)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toMatch(/html/)
    expect(text).toMatch(/^<!DOCTYPE html>/)
  })

  test('empty is a good status and nothing else', async () => {
    const { response, bytes, how } = await meet('empty', cell)
    expect([response.status, bytes.length, how]).toEqual([200, 0, 'end'])
    expect(response.headers.get('content-type')).toMatch(whole ? /json/ : /event-stream/)
  })

  test('wrong-form streams what was asked for whole, and the reverse', async () => {
    const { response, text } = await meet('wrong-form', cell)
    expect(response.headers.get('content-type')).toMatch(whole ? /event-stream/ : /^application\/json/)
    if (whole) expect(text).toMatch(TERMINATOR[cell.protocol])
    else expect(JSON.parse(text)).toBeTypeOf('object')
  })

  test('refusal is a good answer in which the model declines', async () => {
    const { response, text } = await meet({ type: 'refusal', text: 'Not that.' }, cell)
    expect(response.status).toBe(200)
    expect(text).toContain('Not that.')
    const words = {
      claude: '"stop_reason":"refusal"',
      openai: '"refusal":"Not that."',
      'openai-responses': '"type":"refusal"',
      gemini: '"SAFETY"',
    }
    expect(text).toContain(words[cell.protocol])
  })
})

describe.each(cells)('answers that break: $protocol, stream $stream', (cell) => {
  const { protocol, stream } = cell

  test('cut at any byte, with a broken connection or a clean end', async () => {
    const { bytes: all } = await healthy(cell)
    for (let byte = 0; byte < all.length; byte += Math.ceil(all.length / 61))
      for (const how of ['reset', 'end'] as const) {
        const { bytes, how: ended, error } = await meet({ type: 'cut', at: { byte }, how }, cell)
        expect(bytes).toEqual(all.subarray(0, byte))
        expect(ended).toBe(how === 'end' ? 'end' : 'error')
        if (how === 'reset') expect(error).toMatchObject({ message: 'terminated', cause: { code: 'ECONNRESET' } })
      }
  })

  test.each(['headers', 'start', 'content', 'finish', { event: 0 }, { event: 1 }, { event: 1e6 }] as const)('cut at %o', async (at) => {
    const all = (await healthy(cell)).text
    const { text, how } = await meet({ type: 'cut', at }, cell)
    expect(how).toBe('error')
    expect(all.startsWith(text)).toBe(true)
    const content = /All is well/.test(text)
    if (at === 'headers' || (typeof at === 'object' && at.event === 0)) expect(text).toBe('')
    if (at === 'start') expect([content, text.length < all.length / 2]).toEqual([false, true])
    if (stream && at === 'content') expect([content, /break off/.test(text)]).toEqual([true, false])
    if (stream && at === 'content') expect(text.endsWith('\n\n')).toBe(true)
    if (at === 'finish') expect(text.length).toBeLessThan(all.length)
    if (stream && at === 'finish') expect(text).toContain('off.')
    if (stream && at === 'finish') expect(text).not.toMatch(TERMINATOR[protocol])
    if (typeof at === 'object' && at.event === 1) expect(text).toBe(stream ? `${all.split('\n\n')[0]}\n\n` : all)
    if (typeof at === 'object' && at.event === 1e6) expect(text).toBe(all)
  })

  test('missing-terminator lacks only its last event, and ends cleanly', async () => {
    const all = (await healthy(cell)).text
    const { text, how } = await meet('missing-terminator', cell)
    expect(how).toBe('end')
    expect(all.startsWith(text)).toBe(true)
    if (!stream) return expect(text).toBe(all.slice(0, -1))
    expect(all).toMatch(TERMINATOR[protocol])
    expect(text).not.toMatch(TERMINATOR[protocol])
    expect((await readEvents(new Response(text))).length).toBe((await readEvents(new Response(all))).length - 1)
  })

  test('stall falls silent for good', async () => {
    const { text, how, times } = await meet('stall', cell, 3_600_000)
    expect(how).toBe('silent')
    expect(text).not.toBe('')
    expect((await healthy(cell)).text.startsWith(text)).toBe(true)
    expect(Math.max(...times)).toBe(0)
  })

  test('stall with signs of life', async () => {
    const { how, times, text } = await meet({ type: 'stall', pingMs: 15_000, at: 'content' }, cell, 60_000)
    expect(how).toBe('silent')
    // There is nothing that could stand amid JSON.
    expect(times.filter((time) => time > 0)).toEqual(stream ? [15_000, 30_000, 45_000, 60_000] : [])
    if (stream) expect(text).not.toMatch(TERMINATOR[protocol])
  })

  test('stall that goes on after a while', async () => {
    const { how, times, text } = await meet({ type: 'stall', ms: 20_000 }, cell, 30_000, { eventMs: 0 })
    expect(how).toBe('end')
    expect(text).toBe((await healthy(cell)).text)
    expect([...new Set(times)]).toEqual([0, 20_000])
  })

  test('malformed-event is no JSON, and the answer goes on', async () => {
    const all = await healthy(cell)
    const { text, events, how } = await meet('malformed-event', cell)
    expect(how).toBe('end')
    expect(text).not.toBe(all.text)
    if (!stream) return expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError)
    const extra = events.filter(({ data }) => typeof data === 'string' && data !== '[DONE]')
    expect(extra).toHaveLength(1)
    expect(events.filter((event) => event !== extra[0])).toEqual(all.events)
  })

  test('malformed-event may be the last thing that is heard', async () => {
    const { text } = await meet({ type: 'malformed-event', goesOn: false }, cell)
    expect(text).toMatch(stream ? /content_block_del\n\n$/ : /\0$/)
  })

  test('invalid-utf8 damages the text and no event', async () => {
    const { bytes, how, events, text } = await meet('invalid-utf8', cell)
    expect(how).toBe('end')
    expect(() => new TextDecoder('utf-8', { fatal: true }).decode(bytes)).toThrow(TypeError)
    if (stream) expect(events.every(({ data }) => typeof data === 'object' || data === '[DONE]')).toBe(true)
    else expect(JSON.parse(text)).toBeTypeOf('object')
    expect(text).toContain('\ufffd')
    expect(text).toMatch(/\ufffdAll is well/)
  })

  test('invalid-utf8 where there is no text', async () => {
    const provider = chaosProvider({ faults: 'invalid-utf8', reply: { toolCalls: [{ name: 'look' }] } })
    const bytes = new Uint8Array(await (await provider(question(protocol, { stream }))).arrayBuffer())
    expect(() => new TextDecoder('utf-8', { fatal: true }).decode(bytes)).toThrow(TypeError)
    const events = await readEvents(new Response(bytes))
    if (stream) expect(events.every(({ data }) => typeof data === 'object' || data === '[DONE]')).toBe(true)
  })

  test('error-event is all there is of a 200', async () => {
    const { response, text, events, how } = await meet('error-event', cell)
    expect([response.status, how]).toEqual([200, 'end'])
    const told = stream ? events : [{ data: JSON.parse(text) as unknown }]
    expect(told.map(({ data }) => data)).toMatchObject(IN_BAND[protocol](stream))
    if (stream) expect(text).not.toMatch(TERMINATOR[protocol])
  })

  test('error-event after the answer has begun', async () => {
    const fault: FaultSpec = { type: 'error-event', at: 'content', error: 'server-error' }
    const { text, events } = await meet(fault, cell)
    if (!stream) return expect(JSON.parse(text)).toHaveProperty('error')
    expect(text).toContain('All is well')
    expect(text).not.toContain('break off')
    expect(text).not.toMatch(TERMINATOR[protocol])
    const last = events.at(-1)!
    const error = {
      claude: { type: 'error', error: { type: 'api_error', message: 'Internal server error' } },
      openai: { error: { type: 'server_error', code: 'server_error' } },
      'openai-responses': { type: 'response.failed', response: { status: 'failed', error: { code: 'server_error' } } },
      gemini: { error: { code: 500, status: 'INTERNAL' } },
    }[protocol]
    expect(last.data).toMatchObject(error)
    if (protocol === 'claude') expect(last.event).toBe('error')
    if (protocol === 'openai-responses') expect(events.at(-2)).toMatchObject({ event: 'error' })
  })

  test('each error that a provider tells can come amid a stream', async () => {
    for (const error of STATUS_FAULTS) {
      if (error === 'bad-gateway' || error === 'unavailable') continue
      const { text } = await meet({ type: 'error-event', error, at: 'start' }, cell)
      expect(text).toMatch(/"error":\{/)
    }
  })
})

/** All that is told by an overload in a 200. */
const IN_BAND: Record<ProtocolName, (stream: boolean) => object[]> = {
  claude: () => [{ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }],
  openai: () => [{ error: { message: 'The engine is currently overloaded, please try again later.', code: 'overloaded' } }],
  'openai-responses': (stream) => {
    const failed = { status: 'failed', error: { code: 'server_is_overloaded' } }
    if (!stream) return [failed]
    return [
      { type: 'response.created' },
      { type: 'response.in_progress' },
      { type: 'error' },
      { type: 'response.failed', response: failed },
    ]
  },
  gemini: () => [{ error: { code: 503, status: 'UNAVAILABLE', message: 'The model is overloaded. Please try again later.' } }],
}

test('Gemini streams a list of JSON, too, and breaks it in its own way', async () => {
  const asked = () =>
    new Request(question('gemini', { stream: true }).url.replace('?alt=sse', ''), {
      method: 'POST',
      body: '{"contents":[{"role":"user","parts":[{"text":"Hi"}]}]}',
    })
  const healthyList = JSON.parse(await (await chaosProvider()(asked())).text()) as unknown[]
  expect(healthyList.length).toBeGreaterThan(3)
  for (const at of ['headers', 'content'] as const) {
    const response = await chaosProvider({ faults: { type: 'error-event', at } })(asked())
    const list = JSON.parse(await response.text()) as unknown[]
    expect(list.length).toBe(at === 'headers' ? 1 : 2)
    expect(list.at(-1)).toMatchObject({ error: { code: 503 } })
  }
})
