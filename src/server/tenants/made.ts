/**
 * What an answer tells of that a provider has made and keeps: it belongs to the key that asked.
 *
 * @module
 */
import type { ProtocolName } from '../../core/chat.ts'
import { isObject, objectOf, stringOf, tryParse, type JsonObject } from '../../core/json.ts'
import { overhear } from '../../router/overhear.ts'

type Note = (id: string) => void

/** Answers that tell of something new are short. */
const MAX_LENGTH = 64 * 1024

/**
 * The same answer. What it says was made is noted before its client can have read all of it.
 *
 * @param wasAsked whether the question names an id: then what it names was there before
 * @param hasNames it is Gemini's, whose names are ids
 */
export function noteMade(answer: Response, wasAsked: (id: string, isName: boolean) => boolean, hasNames: boolean, note: Note): Response {
  if (!answer.ok || !/\bjson\b/.test(answer.headers.get('content-type') ?? '')) return answer
  const decoder = new TextDecoder()
  let text = ''
  return overhear(answer, {
    see(chunk) {
      if (text.length <= MAX_LENGTH) text += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })
    },
    end() {
      const made = objectOf(tryParse(text))
      for (const object of [made, objectOf(made?.['file'])]) {
        const id = stringOf(object?.['id'])
        if (id !== undefined && !wasAsked(id, false)) note(id)
        // Gemini's clients may say how a file is to be called; elsewhere a name is what people call something.
        const name = hasNames ? stringOf(object?.['name']) : undefined
        if (name !== undefined && /^\w+\/[\w-]+$/.test(name) && !wasAsked(name, true)) note(name)
      }
    },
  })
}

/** Tools that run code have a container for it, and the code may leave files there. */
const RUNS_CODE = /^code_(interpreter|execution)/

const runsCode = (tool: unknown): boolean => isObject(tool) && RUNS_CODE.test(stringOf(tool.type) ?? '')

/** Whether the provider keeps something of a generation that no session keeps. */
export const keepsSomething = (asked: JsonObject, protocol: ProtocolName): boolean =>
  (protocol === 'openai' && asked.store === true) ||
  (protocol === 'openai-responses' && isKeptElsewhere(asked)) ||
  (Array.isArray(asked.tools) && asked.tools.some(runsCode))

/** Sessions leave such a conversation to the provider, and its responses with it. */
const isKeptElsewhere = ({ store, conversation, prompt }: JsonObject): boolean =>
  store !== false && ((conversation !== undefined && conversation !== null) || isObject(prompt))

/** The answer's own id, which stands first, and that of a container. Within a text their quotes would be escaped. */
const GENERATED =
  /(?:\n(?:data: ?)?|"response": ?)\{\s*"id":\s*"([\w.:-]{4,300})"|"(?:container_id|container":\s*\{\s*"id)":\s*"([\w.:-]{4,300})"/g
/** Claude tells of no file that is neither asked about nor new; others do, of those that they have searched. */
const CLAUDE_FILE = /"file_id":\s*"([\w.:-]{4,300})"/g
/** As long as what is looked for may be. */
const MARGIN = 400

/** The same answer, whole or streamed. What a generation has made is noted as it comes. */
export function noteGenerated(answer: Response, protocol: ProtocolName, wasAsked: (id: string) => boolean, note: Note): Response {
  if (!answer.ok) return answer
  const patterns = protocol === 'claude' ? [GENERATED, CLAUDE_FILE] : [GENERATED]
  const decoder = new TextDecoder()
  const seen = new Set<string>()
  let before = '\n'
  return overhear(answer, {
    see(chunk) {
      const text = before + (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }))
      for (const pattern of patterns)
        for (const [, own, other] of text.matchAll(pattern)) {
          const id = own ?? other!
          if (!seen.has(id) && !wasAsked(id)) note(id)
          seen.add(id)
        }
      before = text.slice(-MARGIN)
    },
  })
}
