/**
 * An upstream's stream, read.
 *
 * @module
 */
import type { Citation, Opaque } from '../../core/chat.ts'
import { arrayOf, isObject, numberOf, objectOf, restOf, stringOf, type JsonObject } from '../../core/json.ts'
import type { TokenLogprob } from '../../core/logprobs.ts'
import { createLose } from '../../core/notice.ts'
import type { ReplyContext, StreamDecoder } from '../../core/protocol.ts'
import type { Emit } from '../../core/reply.ts'
import { mergeUsage, type Usage } from '../../core/usage.ts'
import { decodeAnnotations, decodeSearchResults } from './annotations.ts'
import { createCallStream } from './call-stream.ts'
import { thinkingText } from './decode-parts.ts'
import { FIRST_ONLY, NAMELESS, noteBeside, noteUnread, unknownPart } from './decode-reply.ts'
import { failureInBody } from './error.ts'
import { decodeImages } from './images.ts'
import { OF_TEXT_ONLY, tokensOf } from './logprobs.ts'
import { addFragments, detailText, packDetails } from './reasoning-details.ts'
import { readSignature } from './signature.ts'
import { decodeStop, FAILED } from './stop.ts'
import { createThinkSplitter } from './think-tags.ts'
import { decodeUsage } from './usage.ts'

type Kind = 'text' | 'reasoning' | 'refusal'

export function decodeStream(emit: Emit, context: ReplyContext): StreamDecoder {
  const { chat, dialect, notes } = context
  const several = (chat.candidates ?? 1) > 1
  let started = false
  let over = false
  let parts = 0
  let open: Kind | undefined
  let index = -1
  let finish: string | undefined
  let finishChoice: JsonObject = {}
  let usage: Usage | undefined
  let refusal = ''
  /** Reasoning comes as plain text: details only repeat it. */
  let plain = false
  let results: Citation[] = []
  let cited = false
  // of the open reasoning part
  let thought = ''
  let form = 'plain'
  let details: JsonObject[] = []
  let secret = ''
  /** Tokens whose text is still to come. */
  let tokens: TokenLogprob[] = []
  // of the open text part
  let signature: Opaque | undefined

  const lose = createLose(notes)
  const calls = createCallStream(
    emit,
    () => {
      closeOpen()
      return parts++
    },
    () => lose('/choices/0/delta/tool_calls', NAMELESS),
    chat,
  )

  /** Text of one kind is a part; when another kind begins, or a call, the part ends. */
  const say = (kind: Kind, text: string) => {
    if (open !== kind) begin(kind)
    if (kind === 'reasoning') thought += text
    else if (kind === 'refusal') refusal += text
    else if (tokens.length) tellTokens()
    emit({ type: 'delta', index, text })
  }
  const tellTokens = () => {
    emit({ type: 'logprobs', index, logprobs: tokens })
    tokens = []
  }
  const begin = (kind: Kind) => {
    closeOpen()
    calls.closeComplete()
    open = kind
    index = parts++
    emit({ type: 'part-start', index, part: { type: kind, text: '' } })
  }
  const closeOpen = () => {
    const kind = open
    if (kind === undefined) return
    if (kind === 'text' && !cited) cite(results)
    open = undefined
    if (kind === 'refusal') return emit({ type: 'part-end', index })
    emit({ type: 'part-end', index, opaque: kind === 'reasoning' ? opaqueOfThought() : signature })
    signature = undefined
  }
  const opaqueOfThought = (): Opaque => {
    const data = details.length ? packDetails(details, thought) : form === 'think' ? (splitter?.gap() ?? '') : secret
    const opaque: Opaque = { by: 'openai', form: details.length ? 'details' : form, data }
    thought = secret = ''
    form = 'plain'
    details = []
    return opaque
  }
  const cite = (citations: Citation[]) => {
    if (open !== 'text' || !citations.length) return
    cited = true
    for (const citation of citations) emit({ type: 'citation', index, citation })
  }

  const splitter = dialect.chat?.thinkTags
    ? createThinkSplitter(
        (text) => {
          if (open !== 'reasoning') begin('reasoning')
          form = 'think'
          say('reasoning', text)
        },
        (text) => say('text', text),
      )
    : undefined
  const sayText = splitter ? (text: string) => splitter.push(text) : (text: string) => say('text', text)

  const readReasoning = (delta: JsonObject) => {
    const fragments = delta.reasoning_details
    const hasDetails = Array.isArray(fragments) && fragments.length > 0
    const told = delta.reasoning_content || delta.reasoning || delta.reasoning_text
    if (typeof told === 'string' && told) {
      plain = true
      say('reasoning', told)
    } else if (hasDetails && !plain) {
      const text = fragments.map((item) => (isObject(item) ? detailText(item) : '')).join('')
      if (text) say('reasoning', text)
    }
    if (hasDetails) {
      if (open !== 'reasoning') begin('reasoning')
      addFragments(details, fragments)
    }
    const hidden = delta.reasoning_opaque
    if (typeof hidden === 'string' && hidden) {
      if (open !== 'reasoning') begin('reasoning')
      form = 'opaque'
      secret += hidden
    }
  }

  /** Mistral's reasoning models stream their content in parts. */
  const readContentParts = (content: unknown[]) => {
    for (const part of content) {
      if (!isObject(part)) continue
      const { type } = part
      const kind = type === 'thinking' ? 'reasoning' : type === 'refusal' ? type : 'text'
      const text = kind === 'reasoning' ? thinkingText(part.thinking) : stringOf(part[kind])
      if (text) say(kind, text)
      else if (type === 'image_url') readMedia({ images: [part] })
      else if (text === undefined && part[kind] !== null) lose('/choices/0/delta/content', unknownPart(String(type)))
      if (text && kind === 'reasoning') form = 'parts'
    }
  }

  const readDelta = (delta: JsonObject) => {
    const { content } = delta
    if (delta.reasoning_content || delta.reasoning || delta.reasoning_text || delta.reasoning_details || delta.reasoning_opaque)
      readReasoning(delta)
    if (typeof content === 'string') {
      if (content) sayText(content)
    } else if (Array.isArray(content)) readContentParts(content)
    if (delta.extra_content) signature = readSignature(delta.extra_content).opaque ?? signature
    if (delta.annotations) cite(decodeAnnotations(delta.annotations, DELTA, lose))
    if (typeof delta.refusal === 'string' && delta.refusal) say('refusal', delta.refusal)
    if (delta.images || delta.audio) readMedia(delta)
    if (delta.tool_calls) calls.add(arrayOf(delta.tool_calls))
    if (delta.function_call) calls.add([{ function: delta.function_call }], true)
    // nearly all deltas say just one of these
    if (!content && !delta.tool_calls && !delta.reasoning_content && !delta.reasoning) noteUnread(delta, DELTA, lose)
  }

  const readMedia = (delta: JsonObject) => {
    const audio = objectOf(delta.audio)
    const transcript = stringOf(audio?.transcript)
    if (transcript) sayText(transcript)
    if (audio?.data) lose('/choices/0/delta/audio/data', 'of what is spoken in a stream only the words are told')
    for (const part of decodeImages(delta.images, '')) {
      closeOpen()
      const whole = parts++
      emit({ type: 'part-start', index: whole, part })
      emit({ type: 'part-end', index: whole })
    }
  }

  /** The tokens of a chunk that said no text: pieces of a character, or what was thought or called. */
  const placeTokens = () => {
    if (open === 'text') tellTokens()
    else if (parts) loseTokens()
  }
  const loseTokens = () => {
    tokens = []
    lose('/choices/0/logprobs/content', OF_TEXT_ONLY)
  }

  const readChoice = (choice: JsonObject) => {
    const at = numberOf(choice.index) ?? 0
    if (several && at > 0) {
      return lose(`/choices/${at}`, FIRST_ONLY)
    }
    // A server that only pretends to stream gives the whole message at once.
    const delta = objectOf(choice.delta) ?? (parts ? undefined : objectOf(choice.message))
    if (choice.logprobs && chat.logprobs) tokens = tokens.concat(tokensOf(choice.logprobs, notes))
    if (delta) readDelta(delta)
    if (tokens.length) placeTokens()
    if (choice.usage) usage = mergeUsage(usage, decodeUsage(choice.usage, dialect.chat))
    const told = choice.finish_reason
    if (typeof told !== 'string' || !told) return
    if (FAILED.has(told)) return failed(choice, told)
    // Of several choices that are one answer the word that says more counts.
    if (finish === undefined || finish === 'stop') {
      finish = told
      finishChoice = choice
    }
  }
  const failed = (body: JsonObject, word: string) =>
    breakOff(
      failureInBody({ choices: [body] }) ?? {
        kind: 'server-error',
        status: 500,
        message: `The upstream ended its answer with "${word}". Try again.`,
        code: word,
      },
    )
  const breakOff = (failure: NonNullable<ReturnType<typeof failureInBody>>) => {
    if (over) return
    over = true
    emit({ type: 'error', failure })
  }

  const start = (event: JsonObject) => {
    started = true
    emit({
      type: 'start',
      id: stringOf(event.id) || undefined,
      model: stringOf(event.model) || undefined,
      created: numberOf(event.created) || undefined,
      extra: { openai: restOf(event, CHUNK) ?? {} },
    })
  }

  return {
    event(data, name) {
      if (over || !isObject(data)) return
      if (data.error || data.base_resp || data.object === 'error' || name === 'error') {
        const failure = failureInBody(name === 'error' && !data.error ? { error: data } : data)
        if (failure && finish === undefined) return breakOff(failure)
        if (failure) notes.approximated({}, undefined, `the upstream reported an error after its answer was complete: ${failure.message}`)
      }
      const { choices } = data
      if (Array.isArray(choices) && choices.length) {
        if (!started) start(data)
        if (data.citations || data.search_results) results = decodeSearchResults(data)
        for (const choice of choices) if (isObject(choice)) readChoice(choice)
        if (finish !== undefined) noteBeside(data, lose)
      }
      const told = data.usage ?? objectOf(data.x_groq)?.usage
      if (told) usage = mergeUsage(usage, decodeUsage(told, dialect.chat, data.service_tier))
    },
    end(done) {
      if (over || !started) return
      splitter?.end()
      if (tokens.length) loseTokens()
      const complete = finish !== undefined || (done && parts > 0)
      if (!complete) return
      over = true
      closeOpen()
      calls.closeAll()
      if (finish === undefined) notes.invented('/choices/0/finish_reason', 'the upstream did not say why it stopped')
      const stop = decodeStop(finish, finishChoice, { calls: calls.any(), refusal }, context)
      emit({ type: 'finish', stop, ...(usage && { usage }) })
    },
  }
}
const DELTA = '/choices/0/delta'
const CHUNK = new Set(['id', 'object', 'created', 'model', 'choices', 'usage', 'obfuscation'])
