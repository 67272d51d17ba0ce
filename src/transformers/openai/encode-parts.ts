/**
 * The content of a message, written. What the provider does not take becomes words that say so, with a notice.
 *
 * @module
 */
import type { MediaPart, NativePart, Part, RefusalPart, TextPart } from '../../core/chat.ts'
import { fail } from '../../core/failure.ts'
import { fieldName, type JsonObject, lookUp } from '../../core/json.ts'
import { dataUrl, ownFields, spelled } from './wire.ts'
import { mergeInto, type Writing } from './writing.ts'

const text = (words: string): JsonObject => ({ type: 'text', text: words })

export function encodePart(part: Part, writing: Writing): JsonObject[] {
  const said = spelled(part)
  if (said && 'type' in said) return [{ ...part.extra?.openai, ...said }]
  switch (part.type) {
    case 'text':
      return encodeText(part, writing)
    case 'image':
    case 'audio':
    case 'video':
    case 'file':
      return [withOwn({ ...encodeMedia(part, writing), ...markOf(part, writing) }, part, writing)]
    case 'refusal':
      return [encodeRefusal(part, writing)]
    case 'native':
      return encodeNative(part, writing)
    default:
      return [] // calls, results and reasoning have places of their own
  }
}

/** What the part's own client said besides: unknown fields merge into nested objects, an exact spelling replaces them. */
function withOwn(written: JsonObject, part: MediaPart, { faithful }: Writing): JsonObject {
  if (faithful) mergeInto(written, part.extra?.openai)
  return faithful ? Object.assign(written, spelled(part)) : written
}

function encodeText(part: TextPart, writing: Writing): JsonObject[] {
  if (part.volatile && !writing.faithful) {
    writing.notes.dropped(part, undefined, 'this line changes with every request and is meant for another provider')
    return []
  }
  for (const citation of part.citations ?? []) writing.notes.dropped(citation, undefined, 'earlier text cannot name its sources here')
  return [{ ...text(part.text), ...markOf(part, writing), ...ownFields(part) }]
}

/** A cache mark in the provider's form. */
export function markOf(part: TextPart | MediaPart, { faithful, dialect, facts, notes }: Writing): JsonObject | undefined {
  if (!part.cache || faithful) return undefined
  const { ttl } = part.cache
  if (dialect.cacheMarks === 'cache_control') {
    const known = ttl === undefined || ttl === '5m' || ttl === '1h'
    if (!known) notes.approximated(part, 'cache', 'the longest lifetime here is an hour')
    return { cache_control: { type: 'ephemeral', ...(ttl !== undefined && { ttl: known ? ttl : '1h' }) } }
  }
  if (dialect.cacheMarks === undefined && facts.breakpoints) {
    if (ttl !== undefined) notes.approximated(part, 'cache', 'the mark is kept, with the lifetime that the provider gives it')
    return { prompt_cache_breakpoint: { mode: 'explicit' } }
  }
  notes.dropped(part, 'cache', 'this provider caches by itself and takes no marks')
  return undefined
}

function encodeMedia(part: MediaPart, writing: Writing): JsonObject {
  const { source } = part
  if (source.type === 'id') return encodeStored(part, source.id, writing)
  if (source.type === 'text') return text(part.name ? `${part.name}\n\n${source.text}` : source.text)
  const link = source.type === 'url'
  const url = source.type === 'url' ? source.url : dataUrl(part.mediaType ?? 'application/octet-stream', source.data)
  const { media = DEFAULT_MEDIA } = writing.dialect
  const type = linksAsFile(part, writing) ? 'file' : part.type
  if (!(writing.faithful || media.includes(type))) return inWords(part, writing, `this provider takes no ${type}`)
  if (link && part.mediaType !== undefined && !writing.faithful) writing.notes.dropped(part, 'mediaType', 'a link tells its type by itself')
  if (type !== 'file' && part.name !== undefined) writing.notes.dropped(part, 'name', `${type} has no name here`)
  if (type !== 'image' && part.detail !== undefined)
    writing.notes.dropped(part, 'detail', 'only images are looked at more or less closely here')
  switch (type) {
    case 'image':
      if (link && writing.dialect.imageLinks === false) return inWords(part, writing, 'this provider takes images as data only')
      if (ownerOf(part) !== undefined) writing.notes.approximated(part, undefined, UNSURE)
      return { type: 'image_url', image_url: { url, ...detailOf(part, writing) } }
    case 'video':
      return { type: 'video_url', video_url: { url } }
    case 'audio':
      return link
        ? inWords(part, writing, 'audio is taken as data only')
        : { type: 'input_audio', input_audio: { data: source.data, format: audioFormat(part.mediaType) } }
    case 'file':
      return encodeFile(part, url, link, writing)
  }
}
const DEFAULT_MEDIA: readonly MediaPart['type'][] = ['image', 'audio', 'file']
const UNSURE = 'whether this link can be read here is for the upstream to say'
const ownerOf = ({ source }: MediaPart) => (source.type === 'url' ? source.owner : undefined)

/** A link of a kind that has no part of its own goes as a file's: the one who opens it knows what it can read. */
function linksAsFile({ source, type }: MediaPart, { dialect: { media = DEFAULT_MEDIA, files }, faithful }: Writing): boolean {
  if (faithful || source.type !== 'url' || type === 'image' || files === 'document-url' || !media.includes('file')) return false
  return type === 'audio' || !media.includes(type)
}

function encodeFile(part: MediaPart, url: string, link: boolean, writing: Writing): JsonObject {
  const { files } = writing.dialect
  const sure = files !== undefined && part.type === 'file' && ownerOf(part) === undefined
  if (link && !sure && !writing.faithful) writing.notes.approximated(part, undefined, UNSURE)
  if (files === 'document-url') return { type: 'document_url', document_url: url, ...(part.name && { document_name: part.name }) }
  if (part.name === undefined && !writing.faithful) writing.notes.invented('/messages', 'a file needs a name here')
  return { type: 'file', file: { filename: part.name ?? `document.${extensionOf(part.mediaType)}`, file_data: url } }
}

/** A file that a provider stores can be named to that provider only. */
function encodeStored(part: MediaPart, id: string, writing: Writing): JsonObject {
  const owner = part.source.type === 'id' ? part.source.owner : 'openai'
  if (owner === 'openai' || owner === 'openai-responses') return { type: 'file', file: { file_id: id } }
  return fail({
    kind: 'unsupported',
    message: `${fieldName(part.at ?? '')}: the file ${id} is stored with another provider. Send its content instead.`,
    param: fieldName(part.at ?? ''),
    ...(writing.faithful && { retryable: false }),
  })
}

/** Says in words what could not be sent; a link is kept readable. */
function inWords(part: MediaPart, { notes }: Writing, reason: string): JsonObject {
  const what = [part.type, part.name].filter(Boolean).join(' ')
  if (part.source.type === 'url') {
    notes.approximated(part, undefined, `${reason}; the link became text`)
    return text(`[${what}: ${part.source.url}]`)
  }
  notes.dropped(part, undefined, reason)
  return text(`[${what} that could not be sent to this model]`)
}

const DETAILS = new Set(['low', 'high', 'auto'])

function detailOf(part: MediaPart, { faithful, notes }: Writing): { detail?: string } {
  if (part.detail === undefined) return {}
  if (faithful || DETAILS.has(part.detail)) return { detail: part.detail }
  notes.approximated(part, 'detail', `"${part.detail}" is unknown here; "high" is the nearest`)
  return { detail: 'high' }
}

const FORMATS: Record<string, string> = { mpeg: 'mp3', 'x-wav': 'wav', wave: 'wav', 'vnd.wave': 'wav', 'x-m4a': 'm4a' }
const audioFormat = (mediaType = 'audio/wav'): string => {
  const kind = mediaType.split(';')[0]!.replace(/^audio\//, '')
  return lookUp(FORMATS, kind) ?? kind
}

const EXTENSIONS: Record<string, string> = {
  'text/plain': 'txt',
  'text/markdown': 'md',
  'application/json': 'json',
  'text/csv': 'csv',
  'text/html': 'html',
}
const extensionOf = (mediaType = 'application/pdf'): string =>
  lookUp(EXTENSIONS, mediaType) ?? mediaType.slice(mediaType.indexOf('/') + 1).replace(/[^a-z0-9]/gi, '')

function encodeRefusal(part: RefusalPart, { faithful, dialect, notes }: Writing): JsonObject {
  if (faithful || dialect.refusals !== false) return { type: 'refusal', refusal: part.text, ...ownFields(part) }
  notes.approximated(part, undefined, 'a refusal is said as plain text here')
  return text(part.text)
}

function encodeNative(part: NativePart, { notes }: Writing): JsonObject[] {
  if (part.protocol === 'openai') return [part.value]
  if (part.text !== undefined) {
    notes.approximated(part, undefined, `only ${part.protocol} has this block; it became text`)
    return [text(part.text)]
  }
  notes.dropped(part, undefined, `only ${part.protocol} has this block`)
  return []
}
