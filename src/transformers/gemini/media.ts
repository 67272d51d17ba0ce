/**
 * Images, sounds, films and documents.
 *
 * @module
 */
import type { MediaPart, MediaSource } from '../../core/chat.ts'
import { isDataUrl, readDataUrl } from '../../core/data-url.ts'
import { isObject, optional, readObject, readString, type JsonObject } from '../../core/json.ts'
import { typeOfName } from '../../core/media-types.ts'
import type { AskContext } from '../../core/protocol.ts'
import { rest } from './fields.ts'

const KNOWN = new Set(['inlineData', 'fileData', 'thoughtSignature', 'thought', 'mediaResolution'])

const kindOf = (mediaType: string | undefined): MediaPart['type'] => {
  const kind = mediaType?.split('/')[0]
  return kind === 'image' || kind === 'audio' || kind === 'video' ? kind : 'file'
}

/** Reads a part with `inlineData` or `fileData`. Throws where its fields have wrong types. */
export function decodeMedia(part: JsonObject, at: string): MediaPart {
  if (part.inlineData !== undefined) {
    const blob = readObject(part.inlineData, `${at}/inlineData`)
    const data = readString(blob.data, `${at}/inlineData/data`)
    const mediaType = optional(readString, blob.mimeType, `${at}/inlineData/mimeType`)
    const text = mediaType?.startsWith('text/') ? utf8Of(data) : undefined
    return {
      type: kindOf(mediaType),
      source: text === undefined ? { type: 'data', data: standardBase64(data) } : { type: 'text', text },
      ...described(part, blob, mediaType, at),
    }
  }
  const file = readObject(part.fileData, `${at}/fileData`)
  const uri = readString(file.fileUri, `${at}/fileData/fileUri`)
  const mediaType = optional(readString, file.mimeType, `${at}/fileData/mimeType`)
  return { type: kindOf(mediaType), source: sourceOf(uri), ...described(part, file, mediaType, at) }
}

function described(part: JsonObject, blob: JsonObject, mediaType: string | undefined, at: string): Omit<MediaPart, 'type' | 'source'> {
  const name = typeof blob.displayName === 'string' ? blob.displayName : undefined
  const detail = detailOf(part.mediaResolution)
  const spelled = part.inlineData === undefined ? { fileData: part.fileData } : { inlineData: part.inlineData }
  return {
    ...(mediaType !== undefined && { mediaType }),
    ...(name !== undefined && { name }),
    ...(detail !== undefined && { detail }),
    at,
    wireNames: part.inlineData === undefined ? LINKED : INLINE,
    ...rest(part, KNOWN, part.mediaResolution === undefined ? spelled : { ...spelled, mediaResolution: part.mediaResolution }),
  }
}

const INLINE = { source: 'inlineData/data', mediaType: 'inlineData/mimeType', name: 'inlineData/displayName', detail: 'mediaResolution' }
const LINKED = { source: 'fileData/fileUri', mediaType: 'fileData/mimeType', name: 'fileData/displayName', detail: 'mediaResolution' }

const detailOf = (resolution: unknown): string | undefined => {
  const level = isObject(resolution) ? resolution.level : resolution
  return typeof level === 'string' ? level.replace('MEDIA_RESOLUTION_', '').toLowerCase() : undefined
}

const YOUTUBE = /^https:\/\/((www\.|m\.)?youtube\.com|youtu\.be)\//
const ADDRESS = /^[a-z][a-z0-9+.-]*:\/\//i
const GOOGLES = /^(gs:|https:\/\/generativelanguage\.googleapis\.com\/)/

/** An address stays one, even where only Google can open it: the other side may be a gateway in front of Google's models. */
function sourceOf(uri: string): MediaSource {
  if (!ADDRESS.test(uri)) return { type: 'id', id: uri, owner: 'gemini' }
  return GOOGLES.test(uri) || YOUTUBE.test(uri) ? { type: 'url', url: uri, owner: 'gemini' } : { type: 'url', url: uri }
}

/** Google takes both base64 alphabets, others the standard one only. */
function standardBase64(data: string): string {
  const standard = /[-_]/.test(data) ? data.replaceAll('-', '+').replaceAll('_', '/') : data
  return standard.length % 4 ? standard.padEnd(standard.length + 4 - (standard.length % 4), '=') : standard
}

function utf8Of(data: string): string | undefined {
  try {
    const binary = atob(standardBase64(data))
    return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(binary, (char) => char.charCodeAt(0)))
  } catch {
    return undefined
  }
}

const TYPE_OF_KIND: Record<MediaPart['type'], string> = {
  image: 'image/jpeg',
  audio: 'audio/mpeg',
  video: 'video/mp4',
  file: 'application/pdf',
}

/** What a part is: what was said of it, else what its name or its address tells, else what most of its kind are. */
function typeOf(part: MediaPart, said: string | undefined, address: string, { notes }: Pick<AskContext, 'notes'>): string {
  const told = said ?? typeOfName(part.name ?? '') ?? typeOfName(address)
  if (told !== undefined) return told
  const guess = TYPE_OF_KIND[part.type]
  notes.invented('/contents', `Gemini wants to know the type of a file; nothing tells that of this ${part.type}, and ${guess} is a guess`)
  return guess
}

/** A wire part of media; a text document becomes a text part, a file that another provider stores becomes words. */
export function encodeMedia(part: MediaPart, context: Pick<AskContext, 'notes' | 'dialect'>): JsonObject {
  const { notes, dialect } = context
  const spelled = part.spelling?.gemini
  if (spelled && ('inlineData' in spelled || 'fileData' in spelled)) return { ...part.extra?.gemini, ...spelled }
  if (part.cache) notes.dropped(part, 'cache', 'Gemini caches by itself')
  if (part.detail !== undefined && part.detail !== 'auto') notes.dropped(part, 'detail', 'Gemini has no such setting for a single part')
  // the Gemini API has no place for the name, Vertex has
  const named = part.name !== undefined && dialect.name === 'vertex' ? { displayName: part.name } : {}
  if (part.name !== undefined && dialect.name !== 'vertex' && part.source.type !== 'text')
    notes.dropped(part, 'name', 'the Gemini API knows no file names')
  const { source } = part
  switch (source.type) {
    case 'text':
      return { text: part.name === undefined ? source.text : `${part.name}\n\n${source.text}` }
    case 'data':
      return { inlineData: { mimeType: typeOf(part, part.mediaType, '', context), data: source.data, ...named } }
    case 'url': {
      const inline = readDataUrl(source.url)
      if (inline) return { inlineData: { mimeType: typeOf(part, inline.mediaType, '', context), data: inline.data, ...named } }
      if (isDataUrl(source.url)) {
        notes.dropped(part, undefined, 'this data URL cannot be read; the model is told that the file is missing')
        return { text: `[${[part.type, part.name].filter(Boolean).join(' ')} that could not be sent to this model]` }
      }
      const said = YOUTUBE.test(source.url) ? 'video/mp4' : part.mediaType
      return { fileData: { fileUri: source.url, mimeType: typeOf(part, said, source.url, context), ...named } }
    }
    case 'id': {
      if (source.owner === 'gemini')
        return { fileData: { fileUri: source.id, ...(part.mediaType && { mimeType: part.mediaType }), ...named } }
      notes.dropped(part, undefined, 'the file is stored with another provider; the model is told that it is missing')
      return { text: `[the file ${part.name ?? source.id} could not be sent to this model]` }
    }
  }
}
