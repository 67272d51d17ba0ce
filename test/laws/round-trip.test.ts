/** Law 1: reading a request or a reply of a protocol and writing it as the same gives the same JSON. */
import { describe, expect, it } from 'vitest'
import { stringOf } from '../../src/core/json.ts'
import { protocols } from '../../src/transformers/registry.ts'
import { fixtures, MODEL, PROTOCOLS } from '../fixtures/index.ts'
import { askContext, emptyChat, replyContext } from './contexts.ts'

describe.each(PROTOCOLS)('%s', (name) => {
  const protocol = protocols[name]
  it.each(Object.entries(fixtures[name].requests))('request %s', (_, body) => {
    const before = JSON.stringify(body)
    const chat = protocol.decodeRequest(body, { model: MODEL[name], stream: false })
    expect(protocol.encodeRequest(chat, askContext(name, stringOf(body.model) ?? MODEL[name]))).toEqual(body)
    expect(JSON.stringify(body)).toBe(before)
  })
  it.each(Object.entries(fixtures[name].replies))('reply %s', (_, body) => {
    const context = replyContext(name, emptyChat(), stringOf(body.model) ?? MODEL[name])
    expect(protocol.encodeReply(protocol.decodeReply(body, context), context)).toEqual(body)
  })
})
