/**
 * Error answers as the vendors write them.
 *
 * @module
 */
import type { ProtocolName } from '../../core/chat.ts'
import type { JsonObject } from '../../core/json.ts'
import { claudeErrors } from './errors-claude.ts'
import { geminiErrors } from './errors-gemini.ts'
import { chatErrors, responsesErrors } from './errors-openai.ts'
import type { StatusFaultName } from './fault.ts'

export interface ErrorWords {
  status: number
  headers?: Record<string, string>
  /** JSON, or a page of HTML or a line of text from what stands before the provider. */
  body: JsonObject | string
}

/** What the words of an error may name. */
export interface ErrorAbout {
  model: string
  requestId: string
}

export type ErrorTable = (about: ErrorAbout) => Record<StatusFaultName, ErrorWords>

const tables: Record<ProtocolName, ErrorTable> = {
  claude: claudeErrors,
  openai: chatErrors,
  'openai-responses': responsesErrors,
  gemini: geminiErrors,
}

/** The answer that `protocol`'s vendor gives. A rate limit here tells nothing of when it resets yet. */
export const errorWords = (protocol: ProtocolName, name: StatusFaultName, about: ErrorAbout): ErrorWords => tables[protocol](about)[name]
