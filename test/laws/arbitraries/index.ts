import type { Arbitrary } from 'fast-check'
import type { ProtocolName } from '../../../src/core/chat.ts'
import * as claude from './claude.ts'
import type { Json } from './common.ts'
import * as gemini from './gemini.ts'
import { reply, request } from './openai-responses.ts'
import * as openai from './openai.ts'

interface Wire {
  /** Whatever a client may send. */
  request: Arbitrary<Json>
  /** Whatever a provider may answer; `streamOfReply` of the fixtures makes a stream of it. */
  reply: Arbitrary<Json>
}

export const wires: Record<ProtocolName, Wire> = { claude, openai, 'openai-responses': { request, reply }, gemini }
