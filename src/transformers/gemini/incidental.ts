/**
 * What a request of this protocol carries that no answer hangs on.
 *
 * @see https://ai.google.dev/api/generate-content
 * @module
 */
import type { Incidental } from '../../core/protocol.ts'

export const INCIDENTAL: Incidental = {
  fields: ['/store', '/generationConfig/mediaResolution', '/contents/*/parts/*/mediaResolution', '/contents/*/parts/*/partMetadata'],
  // Gemini CLI says them all with every request
  defaults: { temperature: 1, topP: 0.95, topK: 64, frequencyPenalty: 0, presencePenalty: 0, candidates: 1 },
}
