/**
 * Images and documents, read into neutral parts.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/pdf-support
 * @module
 */
import type { MediaPart, MediaSource, Part } from '../../core/chat.ts'
import { isObject, optional, pointer, readArray, readObject, readString, reject, type JsonObject } from '../../core/json.ts'
import { decodeCache } from './cache.ts'
import { FIELDS, locate, spell } from './wire.ts'

const IMAGE = new Set(['type', 'source', 'cache_control'])
export function decodeImage(block: JsonObject, at: string): MediaPart {
  return marked({ type: 'image', ...readSource(block, at, undefined), ...locate(block, at, IMAGE) }, block)
}

const DOCUMENT = new Set(['type', 'source', 'title', 'cache_control'])
/** A document of several blocks becomes their texts and images in order; the first of them knows how to write all of them back. */
export function decodeDocument(block: JsonObject, at: string): Part | Part[] {
  const name = optional(readString, block.title, at, 'title')
  const source = readObject(block.source, at, 'source')
  const located = locate(block, at, DOCUMENT)
  if (source.type !== 'content') {
    const part: MediaPart = { type: 'file', ...readSource(block, at, 'application/pdf'), ...located }
    return marked(named(part, name), block)
  }
  const content = typeof source.content === 'string' ? [{ type: 'text', text: source.content }] : source.content
  const blocks = readArray(content, pointer(at, 'source/content'))
  const texts = blocks.map((inner) => (isObject(inner) && inner.type === 'text' ? readString(inner.text, at) : undefined))
  if (texts.every((text) => text !== undefined)) {
    const part: MediaPart = { type: 'file', source: { type: 'text', text: texts.join('\n') }, mediaType: 'text/plain', ...located }
    return marked(spell(named(part, name), { source: block.source }), block)
  }
  const parts = blocks.map((inner, i): Part => {
    const here = `${at}/source/content/${i}`
    const object = readObject(inner, here)
    return spell(innerPart(object, here), i ? { partOf: at } : { whole: block })
  })
  const { cache, unknown } = decodeCache(block)
  // a mark on the document stands behind all of it, unless there is one already
  const marks = cache !== undefined && !('cache' in (parts.at(-1) ?? {}))
  const lost: JsonObject = { ...located.extra?.claude, ...unknown }
  if (name !== undefined) lost.title = name
  if (cache && !marks) lost.cache_control = block.cache_control
  return parts.map((part, i) => ({
    ...within(part, at, i, i ? {} : lost),
    ...(marks && i === parts.length - 1 && { cache, wireNames: { ...wireNames(i), cache: 'cache_control' } }),
  }))
}

function innerPart(block: JsonObject, at: string): Part {
  if (block.type === 'image') return decodeImage(block, at)
  if (block.type === 'text') return { type: 'text', text: readString(block.text, at, 'text'), at }
  return { type: 'native', protocol: 'claude', value: block, at }
}

const INNER = ['text', 'source', 'cache', 'mediaType']
const wireNames = (index: number) => Object.fromEntries(INNER.map((field) => [field, `source/content/${index}/${FIELDS[field] ?? field}`]))

/** A part of a document, located at the document itself, which says `lost` besides. */
function within(part: Part, at: string, index: number, lost: JsonObject): Part {
  const inner = part.extra?.claude
  const extra = { ...lost, ...(inner && { source: { content: [inner] } }) }
  return { ...part, at, wireNames: wireNames(index), extra: Object.keys(extra).length ? { claude: extra } : undefined }
}

const named = (part: MediaPart, name: string | undefined): MediaPart =>
  name === undefined ? part : { ...part, name, wireNames: { name: 'title' } }

/** `mediaType` is what a source is that does not say so itself. */
function readSource(block: JsonObject, at: string, mediaType: string | undefined): { source: MediaSource; mediaType?: string } {
  const here = pointer(at, 'source')
  const source = readObject(block.source, here)
  const type = readString(source.type, here, 'type')
  switch (type) {
    case 'base64':
      return {
        source: { type: 'data', data: readString(source.data, here, 'data') },
        mediaType: readString(source.media_type, here, 'media_type'),
      }
    case 'url':
      return { source: { type: 'url', url: readString(source.url, here, 'url') }, ...(mediaType && { mediaType }) }
    case 'text':
      return {
        source: { type: 'text', text: readString(source.data, here, 'data') },
        mediaType: optional(readString, source.media_type, here, 'media_type') ?? 'text/plain',
      }
    case 'file':
      return { source: { type: 'id', id: readString(source.file_id, here, 'file_id'), owner: 'claude' } }
    default:
      return reject(pointer(here, 'type'), '"base64", "url", "text", "content" or "file"', type)
  }
}

const SOURCE_FIELDS = new Set(['type', 'data', 'media_type', 'url', 'file_id', 'content'])
/** The mark of the cache, and fields of the source that are not known yet. */
function marked(part: MediaPart, block: JsonObject): MediaPart {
  const { cache, unknown } = decodeCache(block)
  const { source } = block
  const odd =
    isObject(source) &&
    (Object.keys(source).some((key) => !SOURCE_FIELDS.has(key)) || (source.type === 'text' && source.media_type !== 'text/plain'))
  const extra = { ...part.extra?.claude, ...unknown, ...(odd && { source }) }
  return { ...part, ...(cache && { cache }), ...(Object.keys(extra).length && { extra: { claude: extra } }) }
}
