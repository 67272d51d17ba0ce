import { expect, test } from 'vitest'
import { translate } from '../../src/transformers/translate.ts'

const delta = (content: string) => `data: ${JSON.stringify({ id: 'c1', choices: [{ index: 0, delta: { content } }] })}\n\n`
const END = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'

const body = { model: 'claude-sonnet-5', max_tokens: 9, stream: true, messages: [{ role: 'user', content: 'Hi' }] }
const translated = (upstream: ReadableStream<Uint8Array>) =>
  translate(body, { from: 'claude', to: 'openai', model: 'm' }).stream(upstream).getReader()
const textOf = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes)

/** An upstream that gives one chunk each time it is asked, and keeps account. */
function upstreamOf(chunks: Iterable<string>) {
  const iterator = chunks[Symbol.iterator]()
  const seen = { pulls: 0, cancelled: [] as unknown[] }
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        seen.pulls++
        const { done, value } = iterator.next()
        if (done) controller.close()
        else controller.enqueue(new TextEncoder().encode(value))
      },
      cancel: (reason) => void seen.cancelled.push(reason),
    },
    { highWaterMark: 0 },
  )
  return { stream, seen }
}

/** An upstream that is written to by hand. */
function handUpstream() {
  let controller!: ReadableStreamDefaultController<Uint8Array>
  const stream = new ReadableStream<Uint8Array>({ start: (its) => void (controller = its) }, { highWaterMark: 0 })
  return { stream, say: (text: string) => controller.enqueue(new TextEncoder().encode(text)), controller: () => controller }
}

async function settled() {
  for (let i = 0; i < 50; i++) await Promise.resolve()
}

test('what is ready goes out as one chunk', async () => {
  const reader = translated(upstreamOf([delta('one'), delta('two'), END]).stream)
  const { value } = await reader.read()
  expect(textOf(value)).toMatch(/"one".*"two".*message_stop/s)
  expect(await reader.read()).toEqual({ done: true, value: undefined })
})

test('nothing waits for what is not ready', async () => {
  const upstream = handUpstream()
  const reader = translated(upstream.stream)
  upstream.say(delta('one'))
  expect(textOf((await reader.read()).value)).toContain('"one"')
  const next = reader.read()
  upstream.say(delta('two'))
  expect(textOf((await next).value)).toContain('"two"')
})

test('a chunk that makes no text is passed over', async () => {
  const upstream = handUpstream()
  const reader = translated(upstream.stream)
  const next = reader.read()
  for (const text of [': ping\n\n', ': ping\n\n', delta('one')]) {
    upstream.say(text)
    await settled()
  }
  expect(textOf((await next).value)).toContain('"one"')
})

test('an upstream that never pauses is read no further than the client reads', async () => {
  const piece = delta('x'.repeat(4000))
  const { stream, seen } = upstreamOf(
    (function* () {
      for (;;) yield piece
    })(),
  )
  const reader = translated(stream)
  await settled()
  expect(seen.pulls).toBe(0)
  await reader.read()
  await settled()
  expect(seen.pulls).toBeGreaterThan(1)
  expect(seen.pulls).toBeLessThan(12)
  const before = seen.pulls
  await reader.read()
  await settled()
  expect(seen.pulls - before).toBeLessThan(12)
})

test('a client that goes away cancels the upstream, read ahead or not', async () => {
  for (const reads of [0, 1]) {
    const { stream, seen } = upstreamOf([delta('one'.repeat(20_000)), delta('two')])
    const reader = translated(stream)
    for (let i = 0; i < reads; i++) await reader.read()
    await reader.cancel('enough')
    expect(seen.cancelled).toEqual(['enough'])
  }
})

test('a client that goes away while the next chunk is waited for leaves nothing behind', async () => {
  const upstream = handUpstream()
  const reader = translated(upstream.stream)
  upstream.say(delta('one'))
  await reader.read()
  await settled()
  const next = reader.read()
  await reader.cancel()
  expect(await next).toEqual({ done: true, value: undefined })
})

test('an upstream that breaks off behind what was ready ends in an error, once', async () => {
  const upstream = handUpstream()
  const reader = translated(upstream.stream)
  upstream.say(delta('one'))
  const first = await reader.read()
  await settled()
  upstream.controller().error(new Error('gone'))
  await settled()
  const second = await reader.read()
  expect(textOf(first.value)).toContain('"one"')
  expect(textOf(second.value)).toMatch(/^event: error\n.*gone.*\n\n$/)
  expect((await reader.read()).done).toBe(true)
})

test('an upstream that goes on after the end is cancelled', async () => {
  const { stream, seen } = upstreamOf([delta('one'), END, delta('two')])
  const reader = translated(stream)
  while (!(await reader.read()).done);
  await settled()
  expect(seen.cancelled).toHaveLength(1)
})
