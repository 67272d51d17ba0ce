/**
 * What a request is: its bytes, and what was made of them. All layers share it.
 *
 * An answer may take minutes. What was made of the bytes is let go of when they have been sent: it takes ten times as much as they do, and
 * can be made again for the few that look at it afterwards.
 *
 * @module
 */
import { createAttachment } from '../core/attachment.ts'
import type { ChatRequest, ProtocolName } from '../core/chat.ts'
import { stringOf, type JsonObject } from '../core/json.ts'
import type { ClientRoute } from '../core/protocol.ts'
import { estimateInput } from '../core/tokens.ts'
import { decodeUtf8 } from '../core/utf8.ts'
import { protocols } from '../transformers/registry.ts'

/** What the path tells: the client's protocol, and what is asked for. */
export interface Routed {
  protocol: ProtocolName
  route: ClientRoute
}

/** Not to be spread: most of it is a prototype's. */
export interface RequestFacts extends Routed {
  /** The body as it came. */
  readonly bytes: Uint8Array
  /** The same as text, to search in: a layer may have named another model since. */
  readonly text: string
  /** The body, parsed. Shared by all layers: never change it. */
  readonly body: JsonObject
  /** What the body says besides the conversation and the tools. Whoever wants no more than that asks here: it is never let go of. */
  readonly settings: JsonObject
}

/** The facts that these were made of, for another body or model. */
const sources = createAttachment<RequestFacts, RequestFacts>('source')
const texts = createAttachment<RequestFacts, string>('text')
const written = createAttachment<RequestFacts, Uint8Array>('bytes')
const bodies = createAttachment<RequestFacts, JsonObject>('body')
const settings = createAttachment<RequestFacts, JsonObject>('settings')
const chats = createAttachment<RequestFacts, ChatRequest>('chat')
const estimates = createAttachment<RequestFacts, number>('estimate')

/** A prototype's: an object with a getter of its own is dear to make, and is kept for long. */
const READ = {
  get text(): string {
    const facts = this as unknown as RequestFacts
    let text = texts.get(facts)
    if (text === undefined) texts.set(facts, (text = decodeUtf8(facts.bytes)))
    return text
  },
  get body(): JsonObject {
    return bodyOf(this as unknown as RequestFacts, ({ bytes }) => JSON.parse(decodeUtf8(bytes)) as JsonObject)
  },
  get settings(): JsonObject {
    return settingsOf(this as unknown as RequestFacts, ({ body }) => body)
  },
}

/** The facts of a body that has been parsed. `source`: those that it was made of. */
export function factsWith(
  { protocol, route }: Routed,
  text: string,
  bytes: Uint8Array,
  body: JsonObject,
  source?: RequestFacts,
): RequestFacts {
  const facts = Object.assign(Object.create(READ) as typeof READ, { protocol, route, bytes })
  texts.set(facts, text)
  bodies.set(facts, body)
  sources.set(facts, source)
  return facts
}

/** Facts that are made of others: what is let go of is let go of in all of them. */
export function madeOf<T extends RequestFacts>(facts: T, source: RequestFacts): T {
  sources.set(facts, source)
  return facts
}

/** For prototypes of facts: bytes that are made when they are asked for. */
export function bytesOf(facts: RequestFacts, make: (facts: RequestFacts) => Uint8Array): Uint8Array {
  let bytes = written.get(facts)
  if (!bytes) written.set(facts, (bytes = make(facts)))
  return bytes
}

/** For prototypes of facts: the body, made anew where it was let go of. */
export function bodyOf(facts: RequestFacts, make: (facts: RequestFacts) => JsonObject): JsonObject {
  let body = bodies.get(facts)
  if (!body) bodies.set(facts, (body = make(facts)))
  return body
}

/** For prototypes of facts: of a body that is still there all of it will do. */
export const settingsOf = (facts: RequestFacts, make: (facts: RequestFacts) => JsonObject): JsonObject =>
  bodies.get(facts) ?? settings.get(facts) ?? make(facts)

/** Where the four protocols keep what is said, and the tools. And what would become the prototype of whatever it is assigned to. */
const CONTENT = new Set(
  '__proto__ messages input contents system instructions systemInstruction system_instruction tools functions'.split(' '),
)

/** Lets go of all that can be made of the client's bytes again: hardly anybody looks at what was asked once it has been sent. */
export function forgetAsked(facts: RequestFacts): void {
  for (let asked: RequestFacts | undefined = facts; asked; asked = sources.get(asked)) forget(asked)
}

function forget(facts: RequestFacts): void {
  const body = bodies.get(facts)
  if (body) {
    const left: JsonObject = {}
    for (const field in body) if (!CONTENT.has(field)) left[field] = body[field]
    settings.set(facts, left)
  }
  texts.set(facts, undefined)
  written.set(facts, undefined)
  bodies.set(facts, undefined)
  chats.set(facts, undefined)
}

/** The model that the client names, in its URL or its body. */
export const askedModel = ({ route, settings }: RequestFacts): string | undefined => route.model ?? stringOf(settings.model)

/** Whether the client wants a stream, by its URL or its body. */
export const wantsStream = ({ route, settings }: RequestFacts): boolean => route.stream ?? settings.stream === true

/** The request in neutral form, read once. Shared by all layers: never change it. @throws FailureError 400 that names the field at fault */
export function chatOf(facts: RequestFacts): ChatRequest {
  let chat = chats.get(facts)
  if (!chat) chats.set(facts, (chat = protocols[facts.protocol].decodeRequest(facts.body, facts.route)))
  return chat
}

/** Input tokens by the plain estimate, made once. */
export function tokensOf(facts: RequestFacts): number {
  let tokens = estimates.get(facts)
  if (tokens === undefined) estimates.set(facts, (tokens = estimateInput(chatOf(facts))))
  return tokens
}

/** The same where it has been made already: to read a request only for this would cost. */
export const tokensKnown = (facts: RequestFacts): number | undefined => estimates.get(facts)
