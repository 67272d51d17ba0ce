/**
 * What a server says of itself to whoever opens its address.
 *
 * @module
 */
import { version } from './version.ts'

/** @param origin where clients reach it */
export const welcome = (
  origin: string,
): string => `cc-route ${version}: one place to reach every LLM provider, in the protocol that your program speaks.

  Claude      POST ${origin}/v1/messages
  OpenAI      POST ${origin}/v1/chat/completions
              POST ${origin}/v1/responses
  Gemini      POST ${origin}/v1beta/models/{model}:generateContent
  also        GET  ${origin}/v1/models, ${origin}/health

Claude Code:

  export ANTHROPIC_BASE_URL=${origin}
  export ANTHROPIC_AUTH_TOKEN=cc-route
  claude
`
