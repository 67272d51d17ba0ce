/** What holds the fields in which events differ is used again for the next event: no decoder may keep it, or change an event. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createAlikeParser } from '../../src/core/alike.ts'
import type { Differing } from '../../src/core/alike-form.ts'
import { isObject } from '../../src/core/json.ts'
import type { StreamEvent } from '../../src/core/reply.ts'
import { protocols } from '../../src/transformers/registry.ts'
import { fixtures, PROTOCOLS } from '../fixtures/index.ts'
import { wires } from './arbitraries/index.ts'
import { emptyChat, replyContext } from './contexts.ts'
import { TIMEOUT } from './runs.ts'
import { sseOf } from './streamed.ts'

const OVERWRITTEN = { string: 'OVERWRITTEN', number: 987_654_321 } as const

/** Overwrites what the next event may differ in. */
function overwrite(holder: unknown, differing: Differing, path = ''): void {
  if (Array.isArray(holder)) for (const item of holder) overwrite(item, differing, path)
  if (!isObject(holder)) return
  for (const [key, value] of Object.entries(holder)) {
    const isOne = typeof value === 'string' ? differing.strings : typeof value === 'number' ? differing.counts : undefined
    if (isOne?.has(path + key)) holder[key] = OVERWRITTEN[typeof value as 'string']
    else overwrite(value, differing, `${path}${key}/`)
  }
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) freeze(inner)
  return Object.freeze(value)
}

describe.each(PROTOCOLS)('a stream of %s', (protocol) => {
  const { differing, decodeStream } = protocols[protocol]
  const decoded = (text: string, parse: (json: string) => unknown, after: (event: unknown) => void = () => {}) => {
    const events: StreamEvent[] = []
    const decoder = decodeStream((event) => events.push(event), replyContext(protocol, emptyChat(), 'm'))
    let done = false
    for (const { name, data } of sseOf(text)) {
      if (data === '[DONE]') {
        done = true
        continue
      }
      const event = parse(data)
      decoder.event(event, name)
      after(event)
    }
    decoder.end(done)
    return events
  }
  const same = (reply: Record<string, unknown>) => {
    const text = fixtures[protocol].streamOfReply(reply)
    const events = decoded(text, JSON.parse)
    expect(decoded(text, (json) => freeze(JSON.parse(json)))).toEqual(events)
    expect(decoded(text, JSON.parse, (event) => overwrite(event, differing))).toEqual(events)
    expect(decoded(text, createAlikeParser(differing))).toEqual(events)
  }

  it.each(Object.entries(fixtures[protocol].replies))('is read the same where its events are used again: %s', (_, reply) => same(reply))
  it(
    'is read the same where its events are used again, whatever it says',
    () => fc.assert(fc.property(wires[protocol].reply, same)),
    TIMEOUT,
  )
})
