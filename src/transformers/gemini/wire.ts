/**
 * Gemini's wire, as far as the SDK's types do not tell it: requests are read wider than the SDK writes them.
 * @see https://ai.google.dev/api/generate-content
 *
 * @module
 */
import type { JsonObject } from '../../core/json.ts'

export interface WirePart extends JsonObject {
  text?: string
  thought?: boolean
  thoughtSignature?: string
  inlineData?: { mimeType?: string; data?: string; displayName?: string }
  fileData?: { mimeType?: string; fileUri?: string; displayName?: string }
  functionCall?: { id?: string; name?: string; args?: JsonObject }
  functionResponse?: { id?: string; name?: string; response?: JsonObject; parts?: JsonObject[] }
}

export interface WireContent extends JsonObject {
  role?: string
  parts: WirePart[]
}

/** What Gemini takes in place of a signature that another provider's call cannot have. @see https://ai.google.dev/gemini-api/docs/thought-signatures */
export const SENTINEL = 'skip_thought_signature_validator'
