import { describe, expect, test } from 'vitest'
import { respondText, respondWith } from '../../../src/core/respond.ts'
import { attachOutcome, outcomeOf } from '../../../src/router/outcome.ts'
import { cleanErrors } from '../../../src/server/log/error-text.ts'
import { oneLine, plainJson, plainText } from '../../../src/server/log/text.ts'
import { createRedactor } from '../../../src/server/log/redact.ts'

const secret = 'sk-proj-abc/def+123"x'

describe('secrets', () => {
  const redact = createRedactor({ 'openai key': secret, absent: undefined })

  test.each([
    ['as they are', `Incorrect API key: ${secret}.`, 'Incorrect API key: [openai key].'],
    ['in JSON', JSON.stringify({ key: secret }), '{"key":"[openai key]"}'],
    ['in a URL', `https://x/?key=${encodeURIComponent(secret)}&a=1`, 'https://x/?key=[openai key]&a=1'],
    ['several times', `${secret}${secret}`, '[openai key][openai key]'],
    ['and nothing else', 'sk-proj-abc', 'sk-proj-abc'],
  ])('are found %s', (_, text, expected) => expect(redact(text)).toBe(expected))

  test('a longer one that begins with a shorter one is taken out whole', () => {
    const both = createRedactor({ short: 'secret-12', long: 'secret-1234' })
    expect(both('secret-1234 secret-12')).toBe('[long] [short]')
  })

  test('one that becomes known later is found from then on', () => {
    const later = createRedactor()
    expect(later('a-new-secret')).toBe('a-new-secret')
    later.add('new', 'a-new-secret')
    expect(later('a-new-secret')).toBe('[new]')
  })

  test('what is too short to be one is left alone', () => expect(createRedactor({ x: 'unused' })('unused')).toBe('unused'))
})

describe('control characters', () => {
  test.each([
    ['colours', '\u001b[31mred\u001b[0m', 'red'],
    ['the title of the window', '\u001b]0;owned\u0007text', 'text'],
    ['a link', '\u001b]8;;https://evil.example\u001b\\click\u001b]8;;\u001b\\', 'click'],
    ['a sequence in one byte', '\u009b2Jtext', 'text'],
    ['the cursor, the bell and backspace', 'a\u001bMb\u0007c\bd\u007f', 'abcd'],
    ['a sequence that does not end', 'a\u001b]52;c;ZXZpbA==', 'a'],
    ['turned text', 'a\u202eb\u2066c', 'abc'],
    ['no letters, lines or tabs', 'Grüße,\n\t世界 👋🏽', 'Grüße,\n\t世界 👋🏽'],
  ])('%s', (_, text, expected) => expect(plainText(text)).toBe(expected))

  test('nothing pretends to be a line of its own', () => expect(oneLine('a\r\n{"level":"info"}\u2028b')).toBe('a ⏎ {"level":"info"} ⏎ b'))

  test('JSON without any is the same, to the byte', () => {
    const json = '{ "a": 1.0,\n "b": "x\\ny \\u00e9 \\\\u001b" }'
    expect(plainJson(json)).toBe(json)
  })

  test('JSON with some has none afterwards', () =>
    expect(JSON.parse(plainJson('{"a":"\\u001b[31mred\\u001b[0m","b":["\\u009b2J",1]}'))).toEqual({ a: 'red', b: ['', 1] }))
})

describe('errors on their way to a client', () => {
  const redact = createRedactor({ key: 'sk-1234567890' })

  test('have no secret and no control character, and keep all else', async () => {
    const body = '{"error":{"message":"\\u001b[2Jwrong key sk-1234567890"}}'
    const response = respondText(body, { status: 401, headers: { 'content-type': 'application/json', 'retry-after': '3' } })
    const outcome = { endpoint: 'e', notices: [], attempts: [], ended: Promise.resolve({ how: 'error' as const }) }
    const cleaned = await cleanErrors(attachOutcome(response, outcome), redact)
    expect(await cleaned.json()).toEqual({ error: { message: 'wrong key [key]' } })
    expect([cleaned.status, cleaned.headers.get('retry-after')]).toEqual([401, '3'])
    expect(outcomeOf(cleaned)).toBe(outcome)
  })

  test('of an app of its own too', async () => {
    const cleaned = await cleanErrors(new Response('no sk-1234567890', { status: 500, headers: { 'content-length': '16' } }), redact)
    expect(await cleaned.text()).toBe('no [key]')
    expect(cleaned.headers.has('content-length')).toBe(false)
  })

  test('an error that breaks off keeps its status', async () => {
    const body = new ReadableStream({ pull: (controller) => controller.error(new TypeError('terminated')) })
    const broken = cleanErrors(new Response(body, { status: 413 }), redact)
    await expect(broken).rejects.toMatchObject({
      failure: { kind: 'too-large', status: 413, message: expect.stringContaining('broke off') as string },
    })
  })

  test('amid a stream, whose other bytes pass as they are', async () => {
    const bytes = new TextEncoder().encode('data: {"text":"grüße sk-1234567890"}\n\n')
    const chunks = [
      bytes,
      bytes.subarray(0, 18),
      'data: {"error":{"message":"sk-1234567890"}}\n\n',
      new TextEncoder().encode('"error" ü sk-1234567890'),
    ]
    const source = {
      start: (sink: { write(chunk: Uint8Array | string): void; end(): void }) => (chunks.forEach((chunk) => sink.write(chunk)), sink.end()),
    }
    const response = respondWith({ ...source, pause() {}, resume() {}, cancel() {} }, { headers: { 'content-type': 'text/event-stream' } })
    const text = Buffer.from(await (await cleanErrors(response, redact)).arrayBuffer())
    expect(
      text.equals(Buffer.concat([bytes, bytes.subarray(0, 18), Buffer.from('data: {"error":{"message":"[key]"}}\n\n"error" ü [key]')])),
    ).toBe(true)
  })

  test('answers that are none are not looked at', async () => {
    const response = respondText('{"text":"sk-1234567890"}', { headers: { 'content-type': 'application/json' } })
    expect(await cleanErrors(response, redact)).toBe(response)
  })
})
