/** The protocols that are known. A new one is a folder of its own and a line here. */
import type { ProtocolName } from '../core/chat.ts'
import type { Protocol } from '../core/protocol.ts'
import { claude } from './claude/index.ts'
import { gemini } from './gemini/index.ts'
import { openai } from './openai/index.ts'
import { openaiResponses } from './openai-responses/index.ts'

export const protocols: Record<ProtocolName, Protocol> = { claude, openai, 'openai-responses': openaiResponses, gemini }
