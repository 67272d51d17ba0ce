/**
 * Sources of a text. Gemini tells them once for the whole answer, with places in bytes of UTF-8; everyone else counts in
 * characters.
 * @see https://ai.google.dev/api/generate-content#GroundingMetadata
 *
 * @module
 */
import type { Citation } from '../../core/chat.ts'
import { arrayOf, isObject, numberOf, objectOf, stringOf, type JsonObject } from '../../core/json.ts'

/** A citation and the text, of those given, that it belongs to. */
export interface Placed {
  text: number
  citation: Citation
}

/** Reads the sources of `texts`: the answer's text parts, and for other parts `undefined`. Sources without a place in them are counted in `lost`. */
export function decodeGrounding(metadata: unknown, texts: readonly (string | undefined)[]): { placed: Placed[]; lost: number } {
  const placed: Placed[] = []
  const chunks = isObject(metadata) ? arrayOf(metadata.groundingChunks) : []
  const cited = new Set<number>()
  for (const support of isObject(metadata) ? arrayOf(metadata.groundingSupports) : []) {
    const segment = isObject(support) ? objectOf(support.segment) : undefined
    if (!segment) continue
    const place = placeOf(segment, texts)
    if (!place) continue
    for (const index of arrayOf((support as JsonObject).groundingChunkIndices)) {
      const source = typeof index === 'number' ? sourceOf(chunks[index]) : undefined
      if (!source) continue
      cited.add(index as number)
      placed.push({ text: place.text, citation: { ...source, quote: place.quote, start: place.start, end: place.end } })
    }
  }
  return { placed, lost: chunks.filter((_, i) => !cited.has(i)).length }
}

function sourceOf(chunk: unknown): Pick<Citation, 'url' | 'title'> | undefined {
  if (!isObject(chunk)) return undefined
  const source = objectOf(chunk.web) ?? objectOf(chunk.retrievedContext) ?? objectOf(chunk.maps) ?? objectOf(chunk.image)
  const url = stringOf(source?.uri)
  // Google's titles of web pages are their domains
  const title = stringOf(source?.title) ?? (url !== undefined && URL.canParse(url) ? new URL(url).hostname : undefined)
  return url === undefined && title === undefined ? undefined : { ...(url !== undefined && { url }), ...(title !== undefined && { title }) }
}

function placeOf(
  segment: JsonObject,
  texts: readonly (string | undefined)[],
): { text: number; start: number; end: number; quote: string } | undefined {
  const said = stringOf(segment.text)
  const index = numberOf(segment.partIndex) ?? 0
  const text = texts[index]
  if (text !== undefined) {
    const start = unitsOf(text, numberOf(segment.startIndex) ?? 0)
    const end = segment.endIndex === undefined ? text.length : unitsOf(text, numberOf(segment.endIndex) ?? 0)
    const quote = text.slice(start, end)
    if (quote && (said === undefined || said === quote)) return { text: index, start, end, quote }
  }
  // streams number their parts otherwise; the words themselves tell the place
  if (!said) return undefined
  const found = texts.findIndex((candidate) => candidate?.includes(said))
  if (found < 0) return undefined
  const start = texts[found]!.indexOf(said)
  return { text: found, start, end: start + said.length, quote: said }
}

/** How many UTF-16 units the first `bytes` bytes of UTF-8 are. */
function unitsOf(text: string, bytes: number): number {
  let units = 0
  for (let seen = 0; seen < bytes && units < text.length;) {
    const code = text.codePointAt(units)!
    seen += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
    units += code < 0x10000 ? 1 : 2
  }
  return units
}

/** A page of the web, or a document that has no address. */
const chunkOf = (url: string | undefined, title: string | undefined): JsonObject => {
  const titled = title === undefined ? {} : { title }
  return url === undefined ? { retrievedContext: titled } : { web: { uri: url, ...titled } }
}

const bytesOf = (text: string): number => new TextEncoder().encode(text).length

/** Writes the sources of an answer's texts; `undefined` where there are none. */
export function encodeGrounding(texts: readonly { index: number; text: string; citations: readonly Citation[] }[]): JsonObject | undefined {
  const chunks: JsonObject[] = []
  const known = new Map<string, number>()
  const supports: JsonObject[] = []
  for (const { index, text, citations } of texts)
    for (const { url, title, quote, start, end } of citations) {
      const key = JSON.stringify([url, title])
      if (!known.has(key)) known.set(key, chunks.push(chunkOf(url, title)) - 1)
      const span = start !== undefined && end !== undefined ? { from: start, to: end } : undefined
      const words = span ? text.slice(span.from, span.to) : quote
      if (words === undefined) continue
      const segment = {
        ...(index && { partIndex: index }),
        ...(span && { startIndex: bytesOf(text.slice(0, span.from)), endIndex: bytesOf(text.slice(0, span.to)) }),
        text: words,
      }
      supports.push({ segment, groundingChunkIndices: [known.get(key)] })
    }
  return chunks.length ? { groundingChunks: chunks, ...(supports.length && { groundingSupports: supports }) } : undefined
}
