/** Law 1 as functions: a body read by its protocol and written again by the same. */
import type { ProtocolName } from '../../src/core/chat.ts'
import { stringOf, type JsonObject } from '../../src/core/json.ts'
import { protocols } from '../../src/transformers/registry.ts'
import { MODEL } from '../fixtures/index.ts'
import { askContext, emptyChat, replyContext } from './contexts.ts'

export function requestAgain(name: ProtocolName, body: JsonObject): JsonObject {
  const chat = protocols[name].decodeRequest(body, { model: MODEL[name], stream: false })
  return protocols[name].encodeRequest(chat, askContext(name, stringOf(body.model) ?? MODEL[name]))
}

export function replyAgain(name: ProtocolName, body: JsonObject): JsonObject {
  const context = replyContext(name, emptyChat(), stringOf(body.model) ?? MODEL[name])
  return protocols[name].encodeReply(protocols[name].decodeReply(body, context), context)
}
