/**
 * A stream for a Gemini client, as the strictest of Google's SDKs takes it: one part a chunk, no chunk without a part, calls
 * whole, the counts on the last chunk, an error as bare JSON without `data:`, and neither comments nor `[DONE]`.
 *
 * @module
 */
import type { Citation, Opaque, ReasoningPart, ToolCallPart } from '../../core/chat.ts'
import type { FailureKind } from '../../core/failure.ts'
import { extended } from '../../core/extended.ts'
import { flat } from '../../core/flat.ts'
import { assemble } from '../../core/json.ts'
import { escaped } from '../../core/json-strings.ts'
import type { TokenLogprob } from '../../core/logprobs.ts'
import type { ReplyContext } from '../../core/protocol.ts'
import type { StreamEvent, StreamPart } from '../../core/reply.ts'
import { createSequencer } from '../../core/sequence.ts'
import { mergeUsage, type Usage } from '../../core/usage.ts'
import { encodeGrounding, type CitedText } from './citations.ts'
import { errorBody } from './encode-error.ts'
import { encodeFinish } from './finish.ts'
import { encodeLogprobs } from './logprobs.ts'
import { argsOf, createLoad, malformed, signed, wireOf } from './outgoing.ts'
import { encodeUsage } from './usage.ts'

/** A break amid an answer. Google's clients ask again after a 5xx, and would show twice what they have shown. */
const ABORTED = 409
const BREAKS: ReadonlySet<FailureKind> = new Set<FailureKind>(['truncated', 'network', 'timeout'])

const AFTER_PARTS = '],"role":"model"},'

/** Makes the writer of one stream. Text goes out as it comes; the rest of a part when the part is complete. */
export function encodeStream(context: ReplyContext): (event: StreamEvent) => string {
  const array = context.framing === 'json-array'
  const hidden = context.chat.reasoning?.show === 'hidden'
  const load = createLoad()
  let out = ''
  let chunks = 0
  /** Before and after the part of a chunk. */
  const before = flat(`${array ? '' : 'data: '}{"candidates":[{"content":{"parts":[`)
  let after = ''
  /** Tokens that the next chunk tells. */
  let tokens: TokenLogprob[] = []
  let id: string | undefined
  let usage: Usage | undefined
  let broken: string | undefined

  let open: StreamPart | undefined
  /** The open part's text, or a call's JSON text. */
  let text = ''
  /** What the first chunk of the open text must carry. */
  let signature = ''
  let cited: Citation[] = []
  const texts: CitedText[] = []
  const searched: string[] = []
  /** Parts that were told, as they are counted in a whole answer. */
  let told = 0

  const chunk = (part: string) => {
    out += `${array ? (chunks ? ',\n' : '[') : ''}${before}${part}${tokens.length ? withTokens(after) : after}`
    chunks++
  }
  /** What stands behind a chunk's part, with the tokens in the candidate. */
  const withTokens = (rest: string): string => {
    const told = JSON.stringify(encodeLogprobs(tokens))
    tokens = []
    return `${AFTER_PARTS}"logprobsResult":${told},${rest.slice(AFTER_PARTS.length)}`
  }
  const begin = (event: Extract<StreamEvent, { type: 'start' }> | undefined) => {
    id = event?.id ?? context.newId('resp_')
    usage = mergeUsage(usage, event?.usage)
    const told = `"modelVersion":${JSON.stringify(context.model)},"responseId":${JSON.stringify(id)}`
    after = flat(`${AFTER_PARTS}"index":0}],${told}}${array ? '' : '\n\n'}`)
  }
  const carry = (own: Opaque | undefined): string => {
    const sealed = load.take(own)
    return sealed === undefined ? '' : `,"thoughtSignature":${JSON.stringify(sealed)}`
  }

  const start = (part: StreamPart) => {
    open = part
    text = ''
    cited = []
    if (part.type === 'text') signature = carry(part.opaque)
    else if (part.type === 'native' && part.searched) searched.push(...part.searched)
    else if (part.type !== 'reasoning' && part.type !== 'tool-call' && part.type !== 'refusal') {
      const wire = wireOf(part, context)
      if (!wire) return
      const sealed = part.type === 'native' ? undefined : load.take(part.opaque)
      chunk(JSON.stringify({ ...wire, ...signed(sealed) }))
      told++
    }
  }
  const grow = (more: string) => {
    text += more
    if (open?.type === 'text') {
      chunk(`{"text":"${escaped(more)}"${signature}}`)
      signature = ''
    } else if (open?.type === 'refusal') chunk(`{"text":"${escaped(more)}"}`)
    else if (open?.type === 'reasoning' && !hidden) chunk(`{"text":"${escaped(more)}","thought":true}`)
  }
  const end = (opaque: Opaque | undefined) => {
    const part = open
    open = undefined
    switch (part?.type) {
      case 'reasoning':
        endReasoning(part, opaque)
        break
      case 'text': {
        // a secret that came with the end stands on an empty part, as Gemini itself has it
        const late = part.opaque ? '' : opaque ? carry(opaque) : ''
        const sealed = signature || late
        if (sealed) chunk(`{"text":""${sealed}}`)
        signature = ''
        if (cited.length) texts.push({ index: told, text, citations: cited })
        if (text || sealed) told++
        break
      }
      case 'tool-call':
        endCall(extended(part, { json: text }), opaque ?? part.opaque)
        break
      case 'refusal':
        if (text) told++
    }
  }
  const endReasoning = (part: ReasoningPart, opaque: Opaque | undefined) => {
    const secret = opaque ?? part.opaque
    load.add({ text, ...(secret && { opaque: secret }), ...(part.redacted && { redacted: true }) })
    if (secret?.by === 'gemini' && secret.data && !hidden)
      chunk(`{"text":"","thought":true,"thoughtSignature":${JSON.stringify(secret.data)}}`)
    if (text && !hidden) told++
  }
  const endCall = (call: ToolCallPart, opaque: Opaque | undefined) => {
    const args = argsOf(call)
    if (args === undefined) return void (broken ??= malformed(call))
    chunk(`{"functionCall":{"id":${JSON.stringify(call.id)},"name":${JSON.stringify(call.name)},"args":${args}}${carry(opaque)}}`)
    told++
  }
  const finish = (event: Extract<StreamEvent, { type: 'finish' }>) => {
    usage = mergeUsage(usage, event.usage)
    const groundingMetadata = encodeGrounding(texts, searched, context.notes)
    const rest = assemble(encodeFinish(event.stop, broken), { index: 0 }, groundingMetadata && { groundingMetadata })
    const about = assemble(usage && { usageMetadata: encodeUsage(usage, context.notes) }, { modelVersion: context.model, responseId: id })
    after = `${AFTER_PARTS}${JSON.stringify(rest).slice(1)}],${JSON.stringify(about).slice(1)}${array ? ']' : '\n\n'}`
    chunk(`{"text":""${carry(undefined)}}`)
  }
  const error = (failure: Extract<StreamEvent, { type: 'error' }>['failure']) => {
    const final = (chunks > 0 || context.begun) && BREAKS.has(failure.kind)
    const body = JSON.stringify(final ? errorBody({ ...failure, kind: 'conflict' }, ABORTED) : errorBody(failure))
    out += array ? `${chunks || context.begun ? ',\n' : '['}${body}]` : `${body}\n\n`
  }

  const write = createSequencer((event) => {
    switch (event.type) {
      case 'start':
        return begin(event)
      case 'part-start':
        return start(event.part)
      case 'delta':
        return grow(event.text)
      case 'logprobs':
        tokens = tokens.concat(event.logprobs)
        return
      case 'citation':
        return void cited.push(event.citation)
      case 'part-end':
        return end(event.opaque)
      case 'usage':
        usage = mergeUsage(usage, event.usage)
        return
      case 'finish':
        return finish(event)
      case 'error':
        return error(event.failure)
    }
  })
  return (event) => {
    out = ''
    if (!after && event.type !== 'start') begin(undefined)
    write(event)
    return out
  }
}
