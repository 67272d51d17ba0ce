/**
 * A whole answer for a Gemini client.
 *
 * @module
 */
import type { Part } from '../../core/chat.ts'
import { isObject, objectOf, type JsonObject } from '../../core/json.ts'
import type { ReplyContext } from '../../core/protocol.ts'
import type { Reply } from '../../core/reply.ts'
import { encodeGrounding, type CitedText } from './citations.ts'
import { wireCandidate } from './decode-reply.ts'
import { spellingOf } from './fields.ts'
import { encodeFinish } from './finish.ts'
import { encodeLogprobs } from './logprobs.ts'
import { argsOf, createLoad, malformed, signed, wireOf } from './outgoing.ts'
import { encodeUsage } from './usage.ts'

export function encodeReply(reply: Reply, context: ReplyContext): JsonObject {
  const spelled = spellingOf(reply)
  if (spelled && isObject(spelled.answer)) return asItWas(reply, spelled.answer, objectOf(spelled.left) ?? {}, context)
  const { parts, broken, cited, searched } = encodeParts(reply.parts, context)
  const groundingMetadata = encodeGrounding(cited, searched, context.notes)
  const logprobsResult = encodeLogprobs(reply.parts.flatMap((part) => (part.type === 'text' && part.logprobs) || []))
  const candidate = {
    content: { parts: parts.length ? parts : [{ text: '' }], role: 'model' },
    ...encodeFinish(reply.stop, broken),
    index: 0,
    ...(groundingMetadata && { groundingMetadata }),
    ...(logprobsResult && { logprobsResult }),
  }
  return {
    candidates: [candidate],
    ...(reply.usage && { usageMetadata: encodeUsage(reply.usage, context.notes) }),
    modelVersion: context.model,
    responseId: reply.id ?? context.newId('resp_'),
  }
}

interface Written {
  parts: JsonObject[]
  /** What is said of a call whose arguments are no JSON. */
  broken?: string
  cited: CitedText[]
  searched: string[]
}

function encodeParts(parts: readonly Part[], context: ReplyContext): Written {
  const load = createLoad()
  const hidden = context.chat.reasoning?.show === 'hidden'
  const out: JsonObject[] = []
  const cited: CitedText[] = []
  const searched: string[] = []
  let broken: string | undefined
  for (const part of parts) {
    switch (part.type) {
      case 'reasoning': {
        load.add(part)
        const own = part.opaque?.by === 'gemini' ? part.opaque.data || undefined : undefined
        if (part.text && !hidden) out.push({ text: part.text, thought: true, ...signed(own) })
        break
      }
      case 'text': {
        const signature = load.take(part.opaque)
        if (part.citations) cited.push({ index: out.length, text: part.text, citations: part.citations })
        if (part.text || signature !== undefined) out.push({ text: part.text, ...signed(signature) })
        break
      }
      case 'tool-call': {
        const args = argsOf(part)
        if (args === undefined) broken ??= malformed(part)
        else
          out.push({ functionCall: { id: part.id, name: part.name, args: JSON.parse(args) as unknown }, ...signed(load.take(part.opaque)) })
        break
      }
      case 'refusal':
        if (part.text) out.push({ text: part.text })
        break
      case 'tool-result':
        break
      default: {
        if (part.type === 'native' && part.searched) {
          searched.push(...part.searched)
          break
        }
        const wire = wireOf(part, context)
        if (wire) out.push(part.type === 'native' ? wire : { ...wire, ...signed(load.take(part.opaque)) })
      }
    }
  }
  // reasoning that nothing followed
  const rest = load.take(undefined)
  if (rest !== undefined) out.push({ text: '', ...signed(rest) })
  return { parts: out, ...(broken !== undefined && { broken }), cited, searched }
}

/** An answer that was read from Gemini's own wire, with its parts as they are now. */
function asItWas(reply: Reply, answer: JsonObject, left: JsonObject, context: ReplyContext): JsonObject {
  const candidate = wireCandidate(answer)
  if (!candidate) return answer
  const content = objectOf(candidate.content)
  if (!content || !Array.isArray(content.parts)) return answer
  const parts: unknown[] = []
  for (const part of reply.parts) {
    while (String(parts.length) in left) parts.push(left[String(parts.length)])
    parts.push(spellingOf(part) ?? (part.type === 'native' ? part.value : encodeParts([part], context).parts[0]))
  }
  while (String(parts.length) in left) parts.push(left[String(parts.length)])
  const candidates = (answer.candidates as unknown[]).map((one) =>
    one === candidate ? { ...candidate, content: { ...content, parts } } : one,
  )
  return { ...answer, candidates }
}
