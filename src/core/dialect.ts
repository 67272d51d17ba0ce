/**
 * How one provider bends the protocol it speaks, as data. The table is in `transformers/dialects.ts`.
 *
 * @module
 */

/** What differs between providers of the same protocol. Absent: as the protocol's own vendor has it. */
export interface Dialect {
  /** `openai`, `azure`, `openrouter`, `deepseek`, `vertex` … */
  name: string
  /** How the key is sent; absent is the protocol's own way. */
  auth?: 'bearer' | 'api-key' | 'x-api-key' | 'x-goog-api-key'
  /** Sent with each request, under the user's own headers. */
  headers?: Record<string, string>
  /** What stands between the base URL and the endpoint's own path where the base URL has no version segment, e.g. `/v1`. */
  version?: string
  /** Request fields that this provider refuses, by wire name: dropped with a notice. */
  unsupported?: readonly string[]
  /** The limits on tool names, where they differ. */
  toolName?: NameRule
  /** The limits on tool call ids, where they differ. */
  callId?: NameRule
}

/** What a name or an id may look like. */
export interface NameRule {
  /** The most characters. */
  max: number
  /** What a whole legal name matches. */
  pattern: RegExp
  /** Exactly `max` characters are wanted (Mistral's call ids). */
  exact?: boolean
}
