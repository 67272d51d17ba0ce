/**
 * The counts at the end of an answer that is no generation: embeddings, images, transcriptions. All of it may be large, and nothing else of it
 * is looked at.
 *
 * @module
 */
import { tryParse } from '../../core/json.ts'
import type { Usage } from '../../core/usage.ts'
import { protocols } from '../../transformers/registry.ts'
import { plainContext } from './answer.ts'
import type { AnswerReader } from './read-answer.ts'

/** What stands behind the data of such answers is far shorter. */
const KEPT = 4096

const USAGE = /"usage"\s*:\s*(\{(?:[^{}]|\{[^{}]*\})*\})/g
const MODEL = /"model"\s*:\s*"([^"\\]{1,200})"/g

/** Reads what OpenAI and those like it say at the end of their JSON. */
export function createTailReader(): AnswerReader {
  const decoder = new TextDecoder()
  let tail = ''
  return {
    push(chunk) {
      tail = (tail + (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }))).slice(-KEPT)
    },
    end() {
      const told = lastOf(tail, USAGE)
      const usage = told === undefined ? undefined : usageOf(tryParse(told))
      const model = lastOf(tail, MODEL)
      return { how: 'complete', ...(usage && { usage }), ...(usage && model !== undefined && { model, answeredBy: model }) }
    },
  }
}

/** Counts are told as those of a generation are. */
function usageOf(usage: unknown): Usage | undefined {
  const { openai } = protocols
  const choices = [{ index: 0, message: { role: 'assistant', content: '' }, finish_reason: 'stop' }]
  return openai.decodeReply({ choices, usage }, plainContext(openai, { name: 'openai' })).usage
}

const lastOf = (text: string, pattern: RegExp): string | undefined => [...text.matchAll(pattern)].at(-1)?.[1]
