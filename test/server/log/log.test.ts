import {
  chmodSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { endpoint } from '../../../src/router/endpoint/endpoint.ts'
import { createGateway } from '../../../src/server/gateway.ts'
import { logBodies } from '../../../src/server/log/bodies.ts'
import { openLog, type LogOptions } from '../../../src/server/log/log.ts'
import { createRedactor } from '../../../src/server/log/redact.ts'
import { virtualClock } from '../../../src/testing/clock.ts'

const START = Date.UTC(2026, 10, 21, 12, 34, 56, 789)

function open(options: LogOptions = {}, isTTY = false) {
  const lines: string[] = []
  const stream = { write: (text: string) => lines.push(text), isTTY }
  return { lines, log: openLog({ stream, clock: virtualClock(START), ...options }) }
}

describe('a line', () => {
  test('is JSON where nobody watches', () => {
    const { log, lines } = open()
    log.info('hello', { status: 200, ok: true, gone: undefined, why: new Error('oh') })
    expect(lines).toEqual(['{"time":"2026-11-21T12:34:56.789Z","level":"info","message":"hello","status":200,"ok":true,"why":"oh"}\n'])
  })

  test('tells its own moment, also amid and across seconds', async () => {
    const clock = virtualClock(START)
    const { log, lines } = open({ clock })
    for (const ms of [0, 10, 200, 1, 1_000, 0, 31_536_000_000]) {
      await clock.advance(ms)
      log.info('hello')
      expect(JSON.parse(lines.at(-1)!).time).toBe(new Date(clock.now()).toISOString())
    }
  })

  test('is made for people on a terminal', () => {
    vi.stubEnv('NO_COLOR', '1')
    const { log, lines } = open({}, true)
    log.warn('slow', { ms: 1200, name: 'a b' })
    expect(lines).toEqual(['12:34:56.789 WARN  slow  ms=1200  name="a b"\n'])
    vi.unstubAllEnvs()
  })

  test('has colours on a terminal only, and not where people want none', () => {
    vi.stubEnv('NO_COLOR', '')
    const { log, lines } = open({}, true)
    log.error('bad')
    expect(lines[0]).toContain('\u001b[31mERROR')
    const plain = open({ format: 'pretty' })
    plain.log.error('bad')
    expect(plain.lines[0]).not.toContain('\u001b')
    vi.unstubAllEnvs()
  })

  test.each([
    ['silent', []],
    ['error', ['error']],
    ['warn', ['error', 'warn']],
    ['info', ['error', 'warn', 'info']],
    ['debug', ['error', 'warn', 'info', 'debug']],
  ] as const)('at %s: %j', (level, expected) => {
    const { log, lines } = open({ level })
    for (const name of ['error', 'warn', 'info', 'debug'] as const) log[name](name)
    expect(lines.map((line) => (JSON.parse(line) as { message: string }).message)).toEqual(expected)
    expect(log.writes('debug')).toBe(level === 'debug')
  })

  test.each(['json', 'pretty'] as const)('as %s is one line, without secrets and without what moves a terminal', (format) => {
    const { log, lines } = open({ format, redact: createRedactor({ 'the key': 'sk-"quoted"-key' }) })
    log.info('it said \u001b[2Jsk-"quoted"-key\n{"level":"error"}', { reason: 'a\r\nb sk-"quoted"-key\u0007' })
    expect(lines).toHaveLength(1)
    expect(lines[0]!.match(/\n/g)).toHaveLength(1)
    for (const text of ['quoted', '\u001b', '\\u001b', '\u0007', '\\u0007']) expect(lines[0]).not.toContain(text)
    expect(lines[0]).toContain('[the key]')
  })

  test('no field takes the place of time, level or message', () => {
    const { log, lines } = open()
    log.info('true', { level: 'forged', message: 'forged', time: 1 })
    expect(JSON.parse(lines[0]!)).toMatchObject({ level: 'info', message: 'true', level_: 'forged', message_: 'forged', time_: 1 })
  })

  test('is cut where a text has no end, but no secret is cut in two', () => {
    const { log, lines } = open({ redact: createRedactor({ key: 'secret-secret' }) })
    log.info(`${'x'.repeat(3995)}secret-secret${'y'.repeat(5000)}`)
    expect(lines[0]!.length).toBeLessThan(4200)
    expect(lines[0]).not.toContain('secret')
  })
})

describe('a file', () => {
  let folder: string
  let path: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cc-route-log-'))
    path = join(folder, 'deeper', 'log')
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))
  const mode = (file: string) => statSync(file).mode & 0o777

  test('is made with its folder, for its owner alone', async () => {
    const log = openLog({ file: path })
    log.info('one')
    log.info('two')
    await log.close()
    expect(readFileSync(path, 'utf8').trim().split('\n')).toHaveLength(2)
    expect(mode(path)).toBe(0o600)
    expect(mode(join(folder, 'deeper'))).toBe(0o700)
  })

  test('that others could read is closed to them, and gone on with', async () => {
    const file = join(folder, 'log')
    writeFileSync(file, 'before\n')
    chmodSync(file, 0o644)
    const log = openLog({ file })
    log.info('after')
    await log.close()
    expect(mode(file)).toBe(0o600)
    expect(readFileSync(file, 'utf8')).toMatch(/^before\n.*after/)
  })

  test('that is a link is refused', () => {
    const target = join(folder, 'precious')
    writeFileSync(target, 'precious')
    symlinkSync(target, join(folder, 'link'))
    expect(() => openLog({ file: join(folder, 'link') })).toThrow(/ELOOP|symbolic/)
    expect(readFileSync(target, 'utf8')).toBe('precious')
    expect(lstatSync(target).isFile()).toBe(true)
  })

  test('is put aside when it is full; so many are kept, no line is lost between', async () => {
    const log = openLog({ file: path, maxBytes: 300, keep: 2 })
    for (let i = 0; i < 12; i++) {
      log.info(`line ${i}`)
      await new Promise((resolve) => setImmediate(resolve))
      await vi.waitFor(() => expect(readFileSync(path, 'utf8')).toContain(`line ${i}"`))
    }
    await log.close()
    expect(readdirSync(join(folder, 'deeper')).sort()).toEqual(['log', 'log.1', 'log.2'])
    const kept = ['log.2', 'log.1', 'log'].flatMap((name) =>
      readFileSync(join(folder, 'deeper', name), 'utf8')
        .trim()
        .split('\n'),
    )
    const numbers = kept.map((line) => Number(/line (\d+)/.exec(line)![1]))
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, i) => 12 - numbers.length + i))
    for (const name of ['log', 'log.1', 'log.2']) {
      expect(mode(join(folder, 'deeper', name))).toBe(0o600)
      expect(statSync(join(folder, 'deeper', name)).size).toBeLessThanOrEqual(300)
    }
  })

  test('goes on where none can be opened after it, and writes into nobody else’s', async () => {
    const log = openLog({ file: path, maxBytes: 100 })
    log.info('first')
    await vi.waitFor(() => expect(readFileSync(path, 'utf8')).toContain('first'))
    const own = openSync(path, 'r')
    rmSync(join(folder, 'deeper'), { recursive: true })
    log.error('second')
    await vi.waitFor(() => expect(readFileSync(own, 'utf8')).toContain('second'))
    // A file has the number that is free.
    const other = openSync(join(folder, 'other'), 'a+')
    log.error('third')
    await log.close()
    writeSync(other, 'mine')
    expect(readFileSync(join(folder, 'other'), 'utf8')).toBe('mine')
    for (const file of [own, other]) closeSync(file)
  })

  test('with none kept begins anew', async () => {
    const log = openLog({ file: path, maxBytes: 100, keep: 0 })
    log.info('first')
    await vi.waitFor(() => expect(readFileSync(path, 'utf8')).toContain('first'))
    log.info('second')
    await log.close()
    expect(readFileSync(path, 'utf8')).not.toContain('first')
    expect(existsSync(`${path}.1`)).toBe(false)
  })

  test('has all lines when the process ends, those of the last moment too', () => {
    const before = process.listeners('exit')
    const log = openLog({ file: path })
    for (let i = 0; i < 3; i++) log.info(`line ${i}`)
    const atExit = process.listeners('exit').filter((listener) => !before.includes(listener))
    expect(atExit).toHaveLength(1)
    atExit[0]!(0)
    expect(readFileSync(path, 'utf8').match(/line \d/g)).toEqual(['line 0', 'line 1', 'line 2'])
    expect(process.listeners('exit')).toEqual(before)
  })
})

describe('requests', () => {
  const answer = {
    id: 'm',
    type: 'message',
    role: 'assistant',
    model: 'm',
    content: [{ type: 'text', text: 'the answer' }],
    stop_reason: 'end_turn',
    usage: { input_tokens: 3, output_tokens: 5 },
  }
  const gatewayOver = (upstream: () => Response, options: LogOptions = {}) => {
    const { log, lines } = open(options)
    const app = endpoint({
      name: 'main',
      protocol: 'claude',
      baseUrl: 'https://up.example',
      apiKey: 'sk-upstream-key',
      model: 'm',
      fetch: async () => upstream(),
    })
    const gateway = createGateway({ app, log, keys: [{ name: 'ann', key: 'a-key-that-is-long' }] })
    const ask = (headers: Record<string, string> = { 'x-api-key': 'a-key-that-is-long' }) =>
      gateway('http://localhost/v1/messages?key=in-the-url', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: '{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"the question"}]}',
      })
    const logged = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>)
    return { ask, lines, logged, gateway }
  }

  test('are told of with who, what and how long; never with what was said, a key or a query', async () => {
    const { ask, lines, logged } = gatewayOver(() => Response.json(answer))
    await (await ask()).text()
    await vi.waitFor(() => expect(lines).toHaveLength(1))
    expect(logged()[0]).toMatchObject({
      level: 'info',
      message: 'POST /v1/messages',
      status: 200,
      protocol: 'claude',
      client: 'ann',
      endpoint: 'main',
      model: 'm',
      ended: 'complete',
    })
    expect(lines.join()).not.toMatch(/the question|the answer|a-key-that|sk-upstream|in-the-url/)
  })

  test('of a stream when it has ended', async () => {
    const events =
      'event: message_start\ndata: {"type":"message_start","message":{"id":"m","type":"message","role":"assistant","model":"m","content":[],"stop_reason":null,"usage":{"input_tokens":3,"output_tokens":1}}}\n\nevent: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\nevent: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}\n\n'
    const { gateway, lines, logged } = gatewayOver(() => new Response(events, { headers: { 'content-type': 'text/event-stream' } }))
    const response = await gateway('http://localhost/v1/messages', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': 'a-key-that-is-long' },
      body: '{"model":"m","max_tokens":9,"stream":true,"messages":[{"role":"user","content":"q"}]}',
    })
    expect(lines).toEqual([])
    await response.text()
    await vi.waitFor(() => expect(lines).toHaveLength(1))
    expect(logged()[0]).toMatchObject({ status: 200, ended: 'truncated', failure: 'truncated' })
  })

  test('that failed are warned of, with the reason on one line', async () => {
    const { ask, lines, logged } = gatewayOver(() =>
      Response.json({ type: 'error', error: { type: 'invalid_request_error', message: 'bad\n\u001b[31mthing' } }, { status: 400 }),
    )
    await (await ask()).text()
    await vi.waitFor(() => expect(lines).toHaveLength(1))
    expect(logged()[0]).toMatchObject({ level: 'warn', status: 400, failure: 'invalid-request', reason: 'bad ⏎ thing' })
  })

  test('without a key are told of too', async () => {
    const { ask, logged } = gatewayOver(() => Response.json(answer))
    await ask({ 'x-api-key': 'a-wrong-key-of-somebody' })
    expect(logged()[0]).toMatchObject({ level: 'warn', status: 401 })
    expect(JSON.stringify(logged())).not.toContain('a-wrong-key')
  })

  test('cost nothing where no log is wanted', async () => {
    const { ask, lines } = gatewayOver(() => Response.json(answer), { level: 'silent' })
    await (await ask()).text()
    expect(lines).toEqual([])
  })
})

describe('bodies', () => {
  const answering = (answer: (request: Request) => Response) => {
    const { log, lines } = open({ redact: (text) => text.replaceAll('sk-secret', '[key]') })
    const app = logBodies(async (input) => answer(input as Request), log)
    const ask = (body = '{"model":"m","messages":[{"role":"user","content":"the question, sk-secret"}]}') =>
      app('http://localhost/v1/chat/completions', { method: 'POST', body })
    const logged = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>)
    return { ask, logged }
  }

  test('of the question and of a stream are written when it has ended, without secrets, and both still arrive', async () => {
    const { ask, logged } = answering((request) => new Response(request.body))
    const response = await ask()
    expect(logged()).toEqual([])
    expect(await response.text()).toContain('the question, sk-secret')
    const { asked, answered } = logged()[0]!
    expect([asked, answered]).toEqual([expect.stringContaining('the question, [key]'), asked])
  })

  test('that break off, or that nobody wants any more, say so', async () => {
    let pull = (controller: ReadableStreamDefaultController<Uint8Array>) => controller.error(new Error('broken'))
    const { ask, logged } = answering(
      () => new Response(new ReadableStream({ start: (to) => to.enqueue(Buffer.from('half')), pull: (to) => pull(to) })),
    )
    await expect((await ask()).text()).rejects.toThrow()
    pull = () => {}
    const reader = (await ask()).body!.getReader()
    await reader.read()
    await reader.cancel()
    await vi.waitFor(() => expect(logged().map(({ answered }) => answered)).toEqual(['half [it broke off]', 'half [the client went away]']))
  })

  test('are cut where they have no end', async () => {
    const { ask, logged } = answering(() => new Response('x'.repeat(1_000_000)))
    expect(await (await ask()).text()).toHaveLength(1_000_000)
    expect(logged()[0]!['answered']).toMatch(/^x{262144}… \(\d+ more\)$/)
  })
})
