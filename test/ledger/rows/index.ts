import type { ProtocolName } from '../../../src/core/chat.ts'
import type { Section } from '../row.ts'
import { claude } from './claude.ts'
import { gemini } from './gemini.ts'
import { openaiResponses } from './openai-responses.ts'
import { openai } from './openai.ts'

/** Every field and block of each client protocol, section by section. */
export const ledger: Record<ProtocolName, Section[]> = { claude, openai, 'openai-responses': openaiResponses, gemini }
