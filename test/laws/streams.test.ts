/** Laws 4 to 6: cuts do not matter, a stream equals the whole, and every stream has one end. */
import { describe, expect, it } from 'vitest'
import type { ProtocolName } from '../../src/core/chat.ts'
import { createFold } from '../../src/core/fold.ts'
import type { Reply, StreamEvent } from '../../src/core/reply.ts'
import { createEventReader } from '../../src/core/sse.ts'
import { translate } from '../../src/transformers/translate.ts'
import { protocols } from '../../src/transformers/registry.ts'
import { fixtures, MODEL, PAIRS } from '../fixtures/index.ts'
import { emptyChat, replyContext } from './contexts.ts'

const exchange = (from: ProtocolName, to: ProtocolName) => {
  let seed = 1
  const stream = from !== 'gemini' && { stream: true, ...(from === 'openai' && { stream_options: { include_usage: true } }) }
  return translate(
    { ...fixtures[from].requests.plain, ...stream },
    {
      from,
      to,
      model: MODEL[to],
      clientModel: 'client-model',
      stream: from === 'gemini' ? true : undefined,
      now: () => 1_700_000_000_000,
      random: () => (seed = (seed * 16807) % 2147483647) / 2147483647,
    },
  )
}

function translated(from: ProtocolName, to: ProtocolName, bytes: Uint8Array, size: number) {
  const events: StreamEvent[] = []
  const translator = exchange(from, to).translator((event) => events.push(event))
  let text = ''
  for (let at = 0; at < bytes.length; at += size) text += translator.push(bytes.subarray(at, at + size))
  return { text: text + translator.end(), events }
}

/** What a client of a protocol reads from its stream. */
function readBack(protocol: ProtocolName, text: string): Reply {
  const fold = createFold()
  const decoder = protocols[protocol].decodeStream(fold.emit, replyContext(protocol, emptyChat(), 'm'))
  let done = false
  const reader = createEventReader((data, name) => {
    if (data === '[DONE]') done = true
    else decoder.event(JSON.parse(data), name)
  })
  reader.push(new TextEncoder().encode(text))
  reader.end()
  decoder.end(done)
  return fold.reply()
}

/** What counts of a reply; ids and opaque envelopes differ by nature. */
const essence = (reply: Reply) => ({
  parts: reply.parts.flatMap((part) =>
    part.type === 'text' && part.text
      ? [['text', part.text]]
      : part.type === 'refusal'
        ? [['refusal', part.text]]
        : part.type === 'reasoning' && part.text
          ? [['reasoning', part.text]]
          : part.type === 'tool-call'
            ? [['call', part.name, part.input ?? JSON.parse(part.json || '{}')]]
            : [],
  ),
  stop: reply.stop.reason,
  usage: reply.usage && [reply.usage.input ?? 0, reply.usage.cacheRead ?? 0, reply.usage.output],
})

describe.each(PAIRS)('an upstream of $to read by a client of $from', ({ from, to }) => {
  const { replies, streamOfReply } = fixtures[to]
  describe.each(Object.entries(replies))('%s', (_, reply) => {
    const bytes = new TextEncoder().encode(streamOfReply(reply))
    const whole = translated(from, to, bytes, bytes.length)

    it('is the same however it is cut', () => {
      for (const size of [1, 2, 3, 5, 7, 64]) expect(translated(from, to, bytes, size).text).toBe(whole.text)
    })
    it('says as a stream what it says whole', () => {
      const context = replyContext(from, emptyChat(), 'm')
      const once = protocols[from].decodeReply(exchange(from, to).response(reply), context)
      expect(essence(readBack(from, whole.text))).toEqual(essence(once))
    })
    it('starts once and ends once', () => {
      const ends = whole.events.filter((event) => event.type === 'finish' || event.type === 'error')
      expect(ends.map((event) => event.type)).toEqual(['finish'])
      expect(whole.events.filter((event) => event.type === 'start')).toHaveLength(1)
      expect(whole.events[0]?.type).toBe('start')
      expect(whole.events.at(-1)?.type).toBe('finish')
    })
    it('is never a clean end where the upstream was cut', () => {
      for (let cut = 0; cut < bytes.length - 40; cut += Math.max(1, Math.floor(bytes.length / 60))) {
        const { text, events } = translated(from, to, bytes.subarray(0, cut), 50)
        const ends = events.filter((event) => event.type === 'finish' || event.type === 'error')
        expect(ends).toHaveLength(1)
        if (ends[0]?.type === 'error') expect(() => readBack(from, text)).toThrow()
      }
    })
  })
})
