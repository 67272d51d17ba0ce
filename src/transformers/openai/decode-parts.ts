/**
 * The content of a message, read: a string, or an array of typed parts.
 *
 * @module
 */
import type { CacheMark, MediaPart, MediaSource, Part, TextPart } from '../../core/chat.ts'
import { readDataUrl, type DataUrl } from '../../core/data-url.ts'
import { isObject, optional, pointer, readArray, readObject, readString, reject, restOf, type JsonObject, lookUp } from '../../core/json.ts'
import { mapped } from '../../core/mapped.ts'
import { typeOfName } from '../../core/media-types.ts'
import { dataUrl, keep, nativePart } from './wire.ts'

/** @param at the path of the content */
export function decodeContent(content: unknown, at: string): { parts: Part[]; bare: boolean } {
  if (typeof content === 'string') return { parts: [{ type: 'text', text: content, at }], bare: true }
  const parts = mapped(readArray(content, at), (part, i) => decodePart(readObject(part, at, i), `${at}/${i}`))
  return { parts, bare: false }
}

function decodePart(part: JsonObject, at: string): Part {
  const read = lookUp(READERS, readString(part.type, at, 'type'))
  return read ? read(part, at) : nativePart(part, at)
}

const READERS: Record<string, (part: JsonObject, at: string) => Part> = {
  text: textPart,
  image_url: (part, at) => linkedPart('image', 'image_url', part, at),
  video_url: (part, at) => linkedPart('video', 'video_url', part, at),
  // Mistral's: https://docs.mistral.ai/capabilities/document/
  document_url: (part, at) => linkedPart('file', 'document_url', part, at),
  input_audio: audioPart,
  file: filePart,
  refusal: (part, at) =>
    keep({ type: 'refusal', text: readString(part.refusal, pointer(at, 'refusal')), at }, restOf(part, known(part, 'refusal'))),
  // Mistral's reasoning models: https://docs.mistral.ai/capabilities/reasoning/
  thinking: (part, at) => ({
    type: 'reasoning',
    text: thinkingText(part.thinking),
    opaque: { by: 'openai', form: 'parts', data: '' },
    at,
    spelling: { openai: part },
  }),
}

export const thinkingText = (thinking: unknown): string =>
  typeof thinking === 'string'
    ? thinking
    : Array.isArray(thinking)
      ? thinking.map((piece) => (isObject(piece) && typeof piece.text === 'string' ? piece.text : '')).join('')
      : ''

function textPart(part: JsonObject, at: string): TextPart {
  const { cache, spelling, wireNames } = readMark(part, at)
  const text: TextPart = { type: 'text', text: readString(part.text, at, 'text'), at }
  if (cache) text.cache = cache
  if (wireNames) text.wireNames = wireNames
  return keep(text, restOf(part, known(part, 'text')), { ...nullsOf(part), ...spelling })
}

/** An image, a video or a document: `{ image_url: { url, detail } }`, or with some vendors the bare URL. */
function linkedPart(type: 'image' | 'video' | 'file', field: string, part: JsonObject, at: string): MediaPart {
  const where = pointer(at, field)
  const nested = typeof part[field] === 'string' ? undefined : readObject(part[field], where)
  const url = nested ? readString(nested.url, pointer(where, 'url')) : readString(part[field], where)
  const { cache, spelling, wireNames } = readMark(part, at)
  const read = readDataUrl(url)
  const media: MediaPart = {
    type,
    source: sourceOf(url, read),
    at,
    wireNames: { ...wireNames, source: `${field}/url`, detail: `${field}/detail` },
  }
  if (read) media.mediaType = read.mediaType ?? UNKNOWN
  const detail = nested && optional(readString, nested.detail, pointer(where, 'detail'))
  if (detail !== undefined) media.detail = detail
  if (cache) media.cache = cache
  const inner = nested && restOf(nested, NESTED)
  const exact = nested && type !== 'file' && !hasNull(nested) && writesBack(media, url)
  return keep(media, mergeExtra(restOf(part, known(part, field)), field, inner), {
    ...nullsOf(part),
    ...spelling,
    ...(!exact && { type: part.type, [field]: part[field] }),
  })
}
const NESTED = new Set(['url', 'detail'])

function audioPart(part: JsonObject, at: string): MediaPart {
  const where = pointer(at, 'input_audio')
  const audio = readObject(part.input_audio, where)
  const format = readString(audio.format, pointer(where, 'format'))
  const { cache, spelling, wireNames } = readMark(part, at)
  const media: MediaPart = {
    type: 'audio',
    source: { type: 'data', data: readString(audio.data, pointer(where, 'data')) },
    mediaType: `audio/${format}`,
    at,
    ...(cache && { cache }),
    ...(wireNames && { wireNames }),
  }
  const inner = restOf(audio, AUDIO)
  return keep(media, mergeExtra(restOf(part, known(part, 'input_audio')), 'input_audio', inner), { ...nullsOf(part), ...spelling })
}
const AUDIO = new Set(['data', 'format'])

function filePart(part: JsonObject, at: string): MediaPart {
  const where = pointer(at, 'file')
  const file = readObject(part.file, where)
  const data = optional(readString, file.file_data, pointer(where, 'file_data'))
  const id = optional(readString, file.file_id, pointer(where, 'file_id'))
  const name = optional(readString, file.filename, pointer(where, 'filename'))
  if (data === undefined && id === undefined) reject(where, 'file_data or file_id', file.file_data)
  const { cache, spelling, wireNames } = readMark(part, at)
  const read = data === undefined ? undefined : readDataUrl(data)
  const media: MediaPart = {
    type: 'file',
    source: data === undefined ? { type: 'id', id: id ?? '', owner: 'openai' } : sourceOf(data, read),
    at,
    wireNames: { ...wireNames, name: 'file/filename', source: 'file' },
    ...(cache && { cache }),
  }
  if (media.source.type === 'data') media.mediaType = read?.mediaType ?? typeOfName(name ?? '') ?? (read ? UNKNOWN : 'application/pdf')
  if (name !== undefined) media.name = name
  const exact =
    !hasNull(file) && (data === undefined ? name === undefined : id === undefined && name !== undefined && writesBack(media, data))
  const inner = restOf(file, FILE)
  return keep(media, mergeExtra(restOf(part, known(part, 'file')), 'file', inner), {
    ...nullsOf(part),
    ...spelling,
    ...(!exact && { file }),
  })
}
const FILE = new Set(['file_data', 'file_id', 'filename'])
const UNKNOWN = 'application/octet-stream'

/** Links are links; anything else is data, with or without its `data:` head. */
function sourceOf(url: string, read: DataUrl | undefined): MediaSource {
  if (read) return { type: 'data', data: read.data }
  return /^[a-z][a-z0-9+.-]*:/i.test(url) ? { type: 'url', url } : { type: 'data', data: url }
}

const writesBack = (media: MediaPart, url: string): boolean =>
  media.source.type === 'data' ? dataUrl(media.mediaType ?? '', media.source.data) === url : true

/** A cache mark in OpenAI's form or in the form that OpenRouter and Qwen take over from Claude. */
export function readMark(
  part: JsonObject,
  at: string,
): { cache?: CacheMark; spelling?: JsonObject; wireNames?: Readonly<Record<string, string>> } {
  const field = isObject(part.cache_control)
    ? 'cache_control'
    : isObject(part.prompt_cache_breakpoint)
      ? 'prompt_cache_breakpoint'
      : undefined
  if (!field) return UNMARKED
  const mark = part[field] as JsonObject
  const ttl = optional(readString, mark.ttl, pointer(pointer(at, field), 'ttl'))
  return {
    cache: ttl === undefined ? {} : { ttl },
    spelling: { [field]: mark },
    ...(field === BREAKPOINT.cache && { wireNames: BREAKPOINT }),
  }
}

const UNMARKED = {}
const BREAKPOINT = { cache: 'prompt_cache_breakpoint' }

const KNOWN = new Map<string, ReadonlySet<string>>()
/** What is read of a part: its own field, and marks that say nothing but where they are and for how long. */
function known(part: JsonObject, field: string): ReadonlySet<string> {
  if (!isPlainMark(part.cache_control, 'type', 'ephemeral') || !isPlainMark(part.prompt_cache_breakpoint, 'mode', 'explicit'))
    return new Set(['type', field])
  let set = KNOWN.get(field)
  if (!set) KNOWN.set(field, (set = new Set(['type', field, 'cache_control', 'prompt_cache_breakpoint'])))
  return set
}

const isPlainMark = (mark: unknown, key: string, word: string): boolean =>
  !isObject(mark) ||
  ((mark[key] === undefined || mark[key] === word) && Object.keys(mark).every((field) => field === key || field === 'ttl'))

/** Fields that are there and say nothing: some clients write all of them. */
export function nullsOf(object: JsonObject): JsonObject | undefined {
  let nulls: JsonObject | undefined
  for (const key in object) if (object[key] === null) (nulls ??= {})[key] = null
  return nulls
}
const hasNull = (object: JsonObject): boolean => nullsOf(object) !== undefined

/** Unknown fields of a nested object belong to the outer one, under the nested one's name. */
export const mergeExtra = (outer: JsonObject | undefined, field: string, inner: JsonObject | undefined): JsonObject | undefined =>
  inner ? { ...outer, [field]: inner } : outer
