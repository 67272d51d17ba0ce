/**
 * Which program asks, told by what it says of itself.
 *
 * @module
 */

import { createMemo } from '../../core/memo.ts'

/** Programs whose name is not the first word of their `user-agent`, as they begin it. */
const PROGRAMS: readonly (readonly [RegExp, string])[] = [
  [/^claude-(cli|code)\b/i, 'claude-code'],
  [/^codex\b|^codex[_-]/i, 'codex'],
  [/^gemini-?cli\b/i, 'gemini-cli'],
  [/^(async)?anthropic\//i, 'anthropic-sdk'],
  [/^(async)?openai\//i, 'openai-sdk'],
  [/^google-genai-sdk\b/i, 'google-genai-sdk'],
]

/**
 * The program's name in lower case: `claude-code`, `codex`, `gemini-cli`, `anthropic-sdk`, `openai-sdk`, `google-genai-sdk`, for others
 * the first word of their `user-agent` (`curl`). `undefined` where a client says nothing. Anybody can say anything: no proof of identity.
 */
export function programOf(headers: Headers): string | undefined {
  // Codex runs under many names of its own, and tells them apart here
  const originator = headers.get('originator')
  if (originator && /^codex/i.test(originator)) return 'codex'
  const agent = headers.get('user-agent') ?? ''
  return names(agent, () => nameIn(agent)) || firstWord(headers.get('x-goog-api-client') ?? '') || undefined
}

const names = createMemo<string>()

/** `''` where it has none. */
const nameIn = (agent: string): string => PROGRAMS.find(([pattern]) => pattern.test(agent))?.[1] ?? firstWord(agent)

const firstWord = (text: string): string => /^[\w.-]+/.exec(text)?.[0].toLowerCase() ?? ''
