/**
 * Whether an error says that the prompt is too long for the model, and by how much. Every provider has words of its own.
 *
 * @module
 */

const CODES: ReadonlySet<string> = new Set([
  'context_length_exceeded',
  'model_max_prompt_tokens_exceeded',
  'exceed_context_size_error',
  'contextwindowexceedederror',
  'context_window_exceeded',
])

const WORDS = [
  'prompt is too long',
  'input is too long for requested model',
  'maximum context length',
  'context_length_exceeded',
  'exceeds the context window',
  'exceed context limit',
  'contextwindowexceedederror',
  'longer than the maximum model length',
  "longer than the model's context length",
  'exceeds the available context size',
  'exceeds the maximum number of tokens allowed',
  'exceeded model token limit',
  'input token length too long',
  'input tokens exceed the configured limit',
  'maximum context limit',
  'maximum prompt length',
  'prompt exceeds max length',
  'prompt token count of',
  'tokens in request more than max tokens allowed',
  'range of input length should be',
  'context window exceeds limit',
  'but model only supports up to',
  'reduce the length of the messages',
  'reduce your prompt',
  '`inputs` tokens + `max_new_tokens` must be',
  'context exceeds your deployment',
  'too large for model with',
]

/** Sayings about other things that hold the same words. */
const NOT = ['policy_blocked', 'dlp_request_denied', 'string too long. expected a string with maximum length', 'expected maxlength']

export function isOverflow(message: string, code: string | undefined): boolean {
  if (code !== undefined && CODES.has(code.toLowerCase())) return true
  const text = message.toLowerCase()
  return !NOT.some((words) => text.includes(words)) && WORDS.some((words) => text.includes(words))
}

const N = '\\D{0,24}?(\\d[\\d,]*)'
const LIMIT = [
  /tokens?\s*>\s*(\d[\d,]*)/i,
  /range of input length should be \[\d+,\s*(\d[\d,]*)/i,
  /must be <= ?(\d[\d,]*)/i,
  /available context size \((\d[\d,]*)/i,
  new RegExp(
    `(?:maximum (?:context|prompt|model|number of tokens)[a-z ]*?(?:length|limit|window|allowed)?(?: (?:is|of))?|model length of|context length|configured limit of|token limit|exceeds the limit of|context limit|supports up to|window exceeds limit|max length)${N}`,
    'i',
  ),
  /with (\d[\d,]*) maximum context length/i,
  /tokens allowed \((\d[\d,]*)/i,
]
const USED = [
  /prompt is too long\D*(\d[\d,]*)/i,
  /(?:resulted in|requested:?|you requested about|request contains|prompt contains|token count of|prompt token count of|input token count \(|token count \(|given:)\s*:?\s*(?:about )?(\d[\d,]*)/i,
  /(?:prompt|input)[a-z ]*\((?:length )?(\d[\d,]*)/i,
  /(\d[\d,]*) tokens? in (?:the|your) (?:messages|prompt)/i,
]

const numberIn = (patterns: RegExp[], message: string): number | undefined => {
  for (const pattern of patterns) {
    const found = pattern.exec(message)?.[1]
    if (found) return Number(found.replaceAll(',', ''))
  }
  return undefined
}

/** The tokens that were asked for and the most that are allowed, where the words tell. */
export function overflowTokens(message: string): { used?: number; limit?: number } {
  const limit = numberIn(LIMIT, message)
  const used = numberIn(USED, message)
  // Most sentences hold just these two numbers and a few smaller ones: what is above the limit is what was asked for.
  const numbers = [...message.matchAll(/\d[\d,]*/g)].map(([digits]) => Number(digits.replaceAll(',', '')))
  const above = limit === undefined ? undefined : numbers.find((number) => number > limit)
  const over = used !== undefined && (limit === undefined || used > limit) ? used : (above ?? used)
  return { ...(over !== undefined && over !== limit && { used: over }), ...(limit !== undefined && { limit }) }
}
