/**
 * Content parts: the `content` of messages and the `output` of tools.
 *
 * @module
 */
import type { CacheMark, Citation, MediaPart, NativePart, Part, RefusalPart, TextPart } from '../../core/chat.ts'
import { readDataUrl } from '../../core/data-url.ts'
import { fail } from '../../core/failure.ts'
import { fieldName, pointer, restOf, stringOf, type JsonObject, lookUp } from '../../core/json.ts'
import { typeOfName } from '../../core/media-types.ts'
import type { AskContext } from '../../core/protocol.ts'
import { decodeAnnotation } from './annotations.ts'
import { complete, keep, keepIn, objectsOf, OWN, type Readers } from './wire.ts'

const TEXT = new Set(['type', 'text', 'annotations', 'logprobs', 'prompt_cache_breakpoint'])
const IMAGE = new Set(['type', 'image_url', 'file_id', 'detail', 'prompt_cache_breakpoint'])
const FILE = new Set(['type', 'file_data', 'file_url', 'file_id', 'filename', 'detail', 'prompt_cache_breakpoint'])
const FILE_NAMES = { name: 'filename' }
const REFUSAL = new Set(['type', 'refusal'])

/** Reads one content part; one of an unknown type is kept whole. */
export function decodeContentPart(value: unknown, at: string, read: Readers): Part {
  const part = read.object(value, at)
  switch (part.type) {
    case 'input_text':
    case 'output_text':
    case 'text':
    case 'summary_text':
      return decodeText(part, at, read)
    case 'refusal':
      return {
        type: 'refusal',
        text: read.string(part.refusal, at, 'refusal'),
        at,
        ...keep(restOf(part, REFUSAL)),
      } satisfies RefusalPart
    case 'input_image':
      return decodeImage(part, at)
    case 'input_file':
      return decodeFile(part, at)
    case 'input_audio':
      return decodeAudio(part, at, read)
    default:
      return { type: 'native', protocol: OWN, value: part, at } satisfies NativePart
  }
}

function decodeText(part: JsonObject, at: string, read: Readers): TextPart {
  const fields: JsonObject = { type: part.type, annotations: part.annotations }
  const extra = restOf(part, TEXT) ?? {}
  if (Array.isArray(part.logprobs) && part.logprobs.length > 0) extra.logprobs = part.logprobs
  else fields.logprobs = part.logprobs
  const text: TextPart = { type: 'text', text: read.string(part.text, at, 'text'), at }
  const annotations = objectsOf(part.annotations)
  if (annotations.length)
    text.citations = annotations.map((annotation, i): Citation => decodeAnnotation(annotation, `${at}/annotations/${i}`))
  const { cache } = decodeCache(part, fields, extra)
  if (cache) text.cache = cache
  return keepIn(text, extra, { fields })
}

function decodeImage(part: JsonObject, at: string): MediaPart {
  const fields: JsonObject = {}
  const extra = restOf(part, IMAGE) ?? {}
  const cache = decodeCache(part, fields, extra)
  const url = stringOf(part.image_url)
  const detail = stringOf(part.detail)
  fields.detail = part.detail
  for (const key of ['image_url', 'file_id']) if (part[key] === null) fields[key] = null
  const read = url === undefined ? undefined : sourceOfUrl(url)
  if (url !== undefined && read && !writesBack(read, url)) fields.image_url = url
  const kept = { at, ...(detail !== undefined && { detail }), ...cache, ...keep(extra, { fields }) }
  if (read) return { type: 'image', ...read, ...kept }
  return { type: 'image', source: { type: 'id', id: stringOf(part.file_id) ?? missing(at, 'image_url'), owner: OWN }, ...kept }
}

function decodeFile(part: JsonObject, at: string): MediaPart {
  const fields: JsonObject = {}
  const extra = restOf(part, FILE) ?? {}
  const cache = decodeCache(part, fields, extra)
  const data = stringOf(part.file_data)
  const url = stringOf(part.file_url)
  const name = stringOf(part.filename)
  const detail = stringOf(part.detail)
  for (const key of ['file_data', 'file_url', 'file_id', 'filename', 'detail']) if (part[key] === null) fields[key] = null
  if (name === undefined && part.filename === undefined) fields.filename = undefined
  const kept = {
    at,
    ...(name !== undefined && { name, wireNames: FILE_NAMES }),
    ...(detail !== undefined && { detail }),
    ...cache,
    ...keep(extra, { fields }),
  }
  if (data !== undefined) {
    const read = sourceOfUrl(data, name)
    // Bare base64 without a data URL is taken too: the name tells what it is.
    const source: Pick<MediaPart, 'source' | 'mediaType'> =
      read.source.type === 'data' ? read : { source: { type: 'data', data }, mediaType: typeOfName(name ?? '') ?? UNKNOWN }
    if (!writesBack(source, data)) fields.file_data = data
    return { type: kindOf(source.mediaType), ...source, ...kept }
  }
  if (url !== undefined) {
    const mediaType = typeOfName(name ?? '')
    return { type: 'file', source: { type: 'url', url }, ...(mediaType !== undefined && { mediaType }), ...kept }
  }
  return { type: 'file', source: { type: 'id', id: stringOf(part.file_id) ?? missing(at, 'file_data'), owner: OWN }, ...kept }
}

function decodeAudio(part: JsonObject, at: string, read: Readers): MediaPart {
  const audio = read.object(part.input_audio, at, 'input_audio')
  const data = read.string(audio.data, pointer(at, 'input_audio/data'))
  const format = stringOf(audio.format) ?? 'wav'
  const fields: JsonObject = { type: 'input_audio', input_audio: part.input_audio, filename: undefined, file_data: undefined }
  return {
    type: 'audio',
    source: { type: 'data', data },
    mediaType: format === 'mp3' ? 'audio/mpeg' : `audio/${format}`,
    at,
    ...keep(undefined, { fields }),
  }
}

const missing = (at: string, field: string): never =>
  fail({
    kind: 'invalid-request',
    message: `${fieldName(at)}: neither ${field} nor file_id is given.`,
    param: fieldName(at),
  })

/** A `data:` URL taken apart; every other URL as it is. */
function sourceOfUrl(url: string, name = ''): Pick<MediaPart, 'source' | 'mediaType'> {
  const read = readDataUrl(url)
  if (!read) return { source: { type: 'url', url } }
  return { source: { type: 'data', data: read.data }, mediaType: read.mediaType ?? typeOfName(name) ?? UNKNOWN }
}
const UNKNOWN = 'application/octet-stream'

/** Whether a source is written as the URL that it was read from. */
function writesBack({ source, mediaType }: Pick<MediaPart, 'source' | 'mediaType'>, url: string): boolean {
  if (source.type !== 'data') return true
  const head = `data:${mediaType};base64,`
  return url.length === head.length + source.data.length && url.startsWith(head) && url.endsWith(source.data)
}

const kindOf = (mediaType = ''): MediaPart['type'] =>
  mediaType.startsWith('audio/') ? 'audio' : mediaType.startsWith('video/') ? 'video' : 'file'

const UNMARKED = {}

/** What a mark says besides its lifetime goes to `extra`: others do not know it. */
function decodeCache(part: JsonObject, fields: JsonObject, extra: JsonObject): { cache?: CacheMark } {
  const mark = part.prompt_cache_breakpoint
  if (typeof mark !== 'object' || mark === null) {
    if (mark === null) fields.prompt_cache_breakpoint = null
    return UNMARKED
  }
  fields.prompt_cache_breakpoint = mark
  const { ttl: lifetime, mode, ...more } = mark as JsonObject
  if ((mode !== undefined && mode !== 'explicit') || Object.keys(more).length) extra.prompt_cache_breakpoint = mark
  const ttl = stringOf(lifetime)
  return { cache: ttl === undefined ? {} : { ttl } }
}

/** Models that take explicit cache marks; the others cache by themselves. */
const TAKES_CACHE_MARKS = /\bgpt-(?:5\.[6-9]|[6-9])/
/** The lifetimes that there are, for those that Claude has. */
const TTL: Record<string, string> = { '5m': '30m', '1h': '12h' }

function encodeCache(part: TextPart | MediaPart, context: AskContext): JsonObject {
  if (!part.cache) return {}
  if (!TAKES_CACHE_MARKS.test(context.model)) {
    context.notes.approximated(part, 'cache', 'this model takes no cache marks; it caches long prompts by itself')
    return {}
  }
  const ttl = part.cache.ttl && (lookUp(TTL, part.cache.ttl) ?? part.cache.ttl)
  if (ttl !== part.cache.ttl) context.notes.approximated(part, 'cache', `the nearest lifetime is ${ttl}`)
  return { prompt_cache_breakpoint: { mode: 'explicit', ...(ttl !== undefined && { ttl }) } }
}

/**
 * Writes one content part. `undefined` where there is no such thing here; a notice tells.
 *
 * @param role whose content it is: an assistant's text is `output_text`, all others' is input
 */
export function encodeContentPart(part: Part, role: 'assistant' | 'input', context: AskContext): JsonObject | undefined {
  const written = writePart(part, role, context)
  return written && complete(written, part)
}

function writePart(part: Part, role: 'assistant' | 'input', context: AskContext): JsonObject | undefined {
  switch (part.type) {
    case 'text':
      if ('volatile' in part && part.volatile && !part.spelling?.[OWN]) {
        context.notes.dropped(part, undefined, 'this line changes with every request and is meant for another provider')
        return undefined
      }
      if (role === 'assistant' && part.cache && !part.spelling?.[OWN])
        context.notes.dropped(part, 'cache', 'what the assistant said takes no cache mark here')
      if (role === 'assistant') return { type: 'output_text', text: part.text, annotations: [] }
      return part.cache ? { type: 'input_text', text: part.text, ...encodeCache(part, context) } : { type: 'input_text', text: part.text }
    case 'refusal':
      return role === 'assistant' ? { type: 'refusal', refusal: part.text } : { type: 'input_text', text: part.text }
    case 'image':
      if (role === 'assistant') return missingTwin(part, 'an assistant cannot show images here', context)
      if (part.name !== undefined) context.notes.dropped(part, 'name', 'images have no name here')
      noteOwner(part, context)
      return { type: 'input_image', ...imageSource(part), detail: part.detail ?? 'auto', ...encodeCache(part, context) }
    case 'file':
    case 'audio':
    case 'video':
      if (role === 'assistant') return missingTwin(part, 'an assistant cannot show files here', context)
      return writeFile(part, context)
    case 'native':
      if (part.protocol === OWN) return part.value
      if (part.text === undefined) return missingTwin(part, `only ${part.protocol} knows this block`, context)
      context.notes.approximated(part, undefined, `only ${part.protocol} knows this block; it is said in words`)
      return {
        type: role === 'assistant' ? 'output_text' : 'input_text',
        text: part.text,
        ...(role === 'assistant' && { annotations: [] }),
      }
    default:
      return undefined
  }
}

function noteOwner(part: MediaPart, { notes }: AskContext): void {
  if (part.source.type === 'url' && part.source.owner !== undefined)
    notes.approximated(
      part,
      undefined,
      `the address is one of ${part.source.owner}; whether it can be read here is for the upstream to say`,
    )
}

function missingTwin(part: Part, reason: string, context: AskContext): undefined {
  context.notes.dropped(part, undefined, reason)
}

function imageSource({ source, mediaType, at }: MediaPart): JsonObject {
  switch (source.type) {
    case 'data':
      return { image_url: `data:${mediaType ?? 'image/png'};base64,${source.data}` }
    case 'url':
      return { image_url: source.url }
    case 'text':
      return { image_url: `data:${mediaType ?? 'image/svg+xml'},${encodeURIComponent(source.text)}` }
    case 'id':
      return { file_id: ownId(source, at) }
  }
}

function writeFile(part: MediaPart, context: AskContext): JsonObject {
  const { source, name } = part
  const detail = part.detail === undefined ? {} : { detail: part.detail }
  switch (source.type) {
    case 'data': {
      const mediaType = part.mediaType ?? 'application/pdf'
      if (part.type !== 'file') context.notes.approximated(part, undefined, `${part.type} can only be attached as a file here`)
      return {
        type: 'input_file',
        filename: name ?? `file.${extensionOf(mediaType)}`,
        file_data: `data:${mediaType};base64,${source.data}`,
        ...detail,
        ...encodeCache(part, context),
      }
    }
    case 'url':
      noteOwner(part, context)
      return {
        type: 'input_file',
        file_url: source.url,
        ...(name !== undefined && { filename: name }),
        ...detail,
        ...encodeCache(part, context),
      }
    case 'text':
      if (name !== undefined) context.notes.approximated(part, 'name', 'the document became plain text without a title')
      return { type: 'input_text', text: source.text, ...encodeCache(part, context) }
    case 'id':
      return { type: 'input_file', file_id: ownId(source, part.at), ...detail, ...encodeCache(part, context) }
  }
}

/** OpenAI's two protocols share one store of files. A file that another provider holds cannot be had here: refused rather than lost. */
function ownId(source: Extract<MediaPart['source'], { type: 'id' }>, at = ''): string {
  if (source.owner === OWN || source.owner === 'openai') return source.id
  return fail({
    kind: 'unsupported',
    message: `The file ${source.id} is stored with another provider, which this upstream cannot read. Send the file's data or a URL.`,
    param: fieldName(at),
  })
}

const EXTENSIONS: Record<string, string> = { 'text/plain': 'txt', 'text/markdown': 'md', 'audio/mpeg': 'mp3', 'audio/x-wav': 'wav' }
const extensionOf = (mediaType: string): string => lookUp(EXTENSIONS, mediaType) ?? /\/(?:x-)?([a-z0-9]+)/.exec(mediaType)?.[1] ?? 'bin'
