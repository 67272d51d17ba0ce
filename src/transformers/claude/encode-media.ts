/**
 * Neutral media, written as image and document blocks.
 *
 * @module
 */
import type { MediaPart } from '../../core/chat.ts'
import type { JsonObject } from '../../core/json.ts'
import { encodeCache } from './cache.ts'
import type { Place } from './encode-blocks.ts'
import { field, ownFields } from './wire.ts'

/** @see https://platform.claude.com/docs/en/build-with-claude/vision */
const IMAGES = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp'])
const ADDRESS = /^[a-z][a-z0-9+.-]*:\/\//i
const TEXTS = /^(text\/|application\/(json|xml|yaml|x-yaml|toml|javascript|x-ndjson|sql)\b)|\+(json|xml)\b/

export function encodeMedia(part: MediaPart, place: Place): JsonObject[] {
  const { notes } = place.context
  const spelled = part.spelling?.claude
  if (spelled?.partOf !== undefined) return []
  if (spelled?.whole !== undefined) return [spelled.whole as JsonObject]
  if (!place.own && place.role !== 'user') {
    notes.dropped(part, undefined, `Claude takes no ${part.type} in a message of the ${place.role}`)
    return []
  }
  const block = blockOf(part, place)
  if (typeof block === 'string') {
    notes.dropped(part, undefined, block)
    return [{ type: 'text', text: `[${[part.type, nameOf(part)].filter(Boolean).join(' ')} that could not be sent to this model]` }]
  }
  if (part.detail !== undefined) notes.dropped(part, 'detail', 'Claude looks at every image in one way')
  const told = block.type === 'image' ? IMAGES.has(part.mediaType ?? 'image/png') : part.mediaType === 'application/pdf'
  if (part.source.type === 'url' && !place.own) {
    if (part.source.owner !== undefined)
      notes.approximated(
        part,
        undefined,
        `the address is one of ${part.source.owner}; whether it can be read here is for the upstream to say`,
      )
    else if (part.mediaType !== undefined && !told)
      notes.approximated(part, undefined, 'Claude finds out itself what it fetches; it reads images of four types and PDF')
  }
  if (part.source.type === 'data' && block.type === 'document' && !told && !place.own) {
    const whole = !String((block.source as JsonObject).data).includes('\uFFFD')
    if (!whole) notes.approximated(part, undefined, 'Claude is given it as text, and not all of it is UTF-8')
    else if (part.mediaType !== 'text/plain') notes.approximated(part, 'mediaType', 'Claude is given it as plain text')
  }
  if (block.type === 'image' && part.name !== undefined) notes.dropped(part, 'name', 'images have no name with Claude')
  return [{ ...block, ...encodeCache(part, notes), ...ownFields(part) }]
}

const nameOf = ({ name, source }: MediaPart): string | undefined => name ?? (source.type === 'id' ? source.id : undefined)

/** The block, or why there is none. A link is passed on whatever it leads to: the one who opens it knows what it can read. */
function blockOf(part: MediaPart, { own }: Place): (JsonObject & { type: string }) | string {
  const mediaType = part.mediaType?.split(';')[0]?.trim().toLowerCase()
  if ((part.type === 'audio' || part.type === 'video') && part.source.type !== 'url') return `Claude takes no ${part.type}`
  if (part.source.type === 'id' && part.source.owner !== 'claude')
    return `a file that only ${part.source.owner} holds cannot be sent to Claude`
  const isImage = part.type === 'image' || (mediaType?.startsWith('image/') ?? false)
  if (isImage) {
    const source = imageSource(part, mediaType, own)
    return typeof source === 'string' ? source : { type: 'image', source }
  }
  const source = documentSource(part, mediaType, own)
  return typeof source === 'string' ? source : { type: 'document', source, ...field('title', part.name) }
}

function imageSource({ source, mediaType: given }: MediaPart, mediaType: string | undefined, own: boolean): JsonObject | string {
  switch (source.type) {
    case 'data':
      if (own) return { type: 'base64', media_type: given, data: source.data }
      if (mediaType === 'image/jpg') return { type: 'base64', media_type: 'image/jpeg', data: source.data }
      if (!mediaType || !IMAGES.has(mediaType))
        return `Claude takes no images of the type ${mediaType ?? 'unknown'}, only jpeg, png, gif and webp`
      return { type: 'base64', media_type: mediaType, data: source.data }
    case 'url':
      return own || ADDRESS.test(source.url) ? { type: 'url', url: source.url } : 'Claude takes links to what is on the net only'
    case 'id':
      return { type: 'file', file_id: source.id }
    case 'text':
      return 'an image cannot be given as text'
  }
}

function documentSource({ source, mediaType: given }: MediaPart, mediaType: string | undefined, own: boolean): JsonObject | string {
  switch (source.type) {
    case 'data':
      if (own || mediaType === 'application/pdf') return { type: 'base64', media_type: own ? given : mediaType, data: source.data }
      if (!mediaType || !TEXTS.test(mediaType)) return `Claude takes no documents of the type ${mediaType ?? 'unknown'}, only PDF and text`
      return { type: 'text', media_type: 'text/plain', data: decodeText(source.data) }
    case 'url':
      return own || ADDRESS.test(source.url) ? { type: 'url', url: source.url } : 'Claude takes links to what is on the net only'
    case 'id':
      return { type: 'file', file_id: source.id }
    case 'text':
      return { type: 'text', media_type: own ? given : 'text/plain', data: source.text }
  }
}

function decodeText(base64: string): string {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(base64.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0)))
  } catch {
    return base64
  }
}
