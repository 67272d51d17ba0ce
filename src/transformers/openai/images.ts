/**
 * Images that a model made: OpenRouter's list beside the content, with Google's signature on what it signs.
 * @see https://openrouter.ai/docs/guides/overview/multimodal/image-generation
 *
 * @module
 */
import type { MediaPart } from '../../core/chat.ts'
import { opaqueForClient } from '../../core/envelope.ts'
import { isObject, objectOf, type JsonObject } from '../../core/json.ts'
import { decodeContent } from './decode-parts.ts'
import { isSealed, readSignature, signature } from './signature.ts'
import { dataUrl } from './wire.ts'

/** What else is in the list is left out. */
export function decodeImages(list: unknown, at: string): MediaPart[] {
  if (!Array.isArray(list)) return []
  return list.flatMap((image: unknown, i): MediaPart[] => {
    if (!isImage(image)) return []
    const { extra_content: signed, ...rest } = image
    const { opaque } = readSignature(signed)
    const [part] = decodeContent([rest], `${at}/${i}`).parts
    return part?.type === 'image' ? [{ ...part, at: `${at}/${i}`, ...(opaque && { opaque }) }] : []
  })
}

/** The images of an earlier answer, and the list as their own provider may have it back; `undefined` where it is no list of images. */
export function decodeEarlierImages(list: unknown, at: string): { parts: MediaPart[]; own: JsonObject[] } | undefined {
  if (!Array.isArray(list) || !list.every(isImage)) return undefined
  const parts = decodeImages(list, at).map((part): MediaPart => ({ ...part, spelling: { openai: { listed: true } } }))
  const own = list.map((image) => {
    const { extra_content: signed, ...rest } = image
    return isSealed(signed) ? rest : image
  })
  return { parts, own }
}

const isImage = (image: unknown): image is JsonObject =>
  isObject(image) &&
  image.type === 'image_url' &&
  (typeof image.image_url === 'string' || typeof objectOf(image.image_url)?.url === 'string')

/** `undefined` where nobody else could open it. */
export function encodeImage({ source, mediaType, opaque }: MediaPart): JsonObject | undefined {
  if (source.type !== 'data' && source.type !== 'url') return undefined
  const url = source.type === 'data' ? dataUrl(mediaType ?? 'image/png', source.data) : source.url
  return {
    type: 'image_url',
    image_url: { url },
    ...(opaque?.data && { extra_content: signature(opaqueForClient(opaque, 'openai')) }),
  }
}
