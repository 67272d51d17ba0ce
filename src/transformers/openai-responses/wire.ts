/**
 * The shapes of the OpenAI Responses wire that several files here share.
 * @see https://platform.openai.com/docs/api-reference/responses
 *
 * @module
 */
import type { Located } from '../../core/chat.ts'
import { arrayOf, isEmpty, isObject, objectOf, readArray, readObject, readString, stringOf, type JsonObject } from '../../core/json.ts'

export const OWN = 'openai-responses'

/** The type of items that are images which the model made. */
export const GENERATED = 'image_generation_call'

/** What the spelling of a neutral object keeps here. */
export interface Spelling {
  /** Fields written over the canonical ones; `undefined` takes one away. */
  fields?: JsonObject
  /** The wire item that a part was read from; a message's parts share one object, and its content is theirs to say. */
  item?: JsonObject
  /** A message's content was a bare string, or the whole `input` was. */
  bare?: 'content' | 'input'
  /** A message without content, or the empty text that stands for it. */
  hollow?: boolean
  /** Items of `input` that are no part of the conversation, with their index in it. */
  inserted?: { index: number; item: JsonObject }[]
  /** `reasoning` and `text` as the request had them, where an item of `input` changed them. */
  before?: JsonObject
  /** The request had no `input` at all. */
  noInput?: boolean
  /** The namespace that a tool was listed in; its children share one object. */
  namespace?: JsonObject
  /** The tool as it was, where it is of a kind of its own (`local_shell`, `apply_patch` …). */
  tool?: JsonObject
  /** The tool was listed in an item of `input`, not in `tools`. */
  additional?: boolean
  /** A namespaced tool's own name. */
  name?: string
}

export const spellingOf = (object: Located): Readonly<Spelling> => (object.spelling?.[OWN] as Spelling | undefined) ?? UNSPELLED
/** Shared: an object of its own for each part that was asked took a fifth of all memory that a request does. */
const UNSPELLED: Readonly<Spelling> = Object.freeze({})
export const extraOf = (object: Located): JsonObject | undefined => object.extra?.[OWN]

/** `extra` and `spelling` for a neutral object; absent where there is nothing to keep. */
export const keep = (extra: JsonObject | undefined, spelling?: Spelling): Pick<Located, 'extra' | 'spelling'> => keepIn({}, extra, spelling)

/** The same, set on a new neutral object. */
export function keepIn<T extends Located>(object: T, extra: JsonObject | undefined, spelling?: Spelling): T {
  if (extra && !isEmpty(extra)) object.extra = { 'openai-responses': extra }
  if (spelling && !isEmpty(spelling)) object.spelling = { 'openai-responses': spelling as JsonObject }
  return object
}

/** A wire object with what only this protocol says of the neutral one. Nearly all have nothing of the kind, and are taken as they are. */
export function complete(wire: JsonObject, object: Located): JsonObject {
  const extra = extraOf(object)
  const { fields } = spellingOf(object)
  return extra || fields ? compact({ ...wire, ...extra, ...fields }) : wire
}

/** The object without fields that are `undefined`, so that what is compared or listed is what is sent. */
export function compact(object: JsonObject): JsonObject {
  const out: JsonObject = {}
  for (const key in object) if (object[key] !== undefined) out[key] = object[key]
  return out
}

/** How wrong types are met: a client's request is refused, naming the field; an upstream's answer is read as far as it goes. */
export interface Readers {
  string(value: unknown, at: string, key?: string): string
  array(value: unknown, at: string, key?: string): unknown[]
  object(value: unknown, at: string, key?: string): JsonObject
}
export const STRICT: Readers = { string: readString, array: readArray, object: readObject }
export const LENIENT: Readers = { string: (value) => stringOf(value) ?? '', array: arrayOf, object: (value) => objectOf(value) ?? {} }

export const objectsOf = (value: unknown): JsonObject[] => arrayOf(value).filter(isObject)
