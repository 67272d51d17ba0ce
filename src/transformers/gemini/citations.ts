/**
 * Sources of a text. Gemini tells them once for the whole answer, with places in bytes of UTF-8; everyone else counts in
 * characters.
 * @see https://ai.google.dev/api/generate-content#GroundingMetadata
 *
 * @module
 */
import type { Citation, NativePart } from '../../core/chat.ts'
import { arrayOf, isEmpty, isObject, numberOf, objectOf, stringOf, type JsonObject } from '../../core/json.ts'
import type { Notes } from '../../core/notice.ts'

/** A citation and the text, of those given, that it belongs to. */
export interface Placed {
  text: number
  citation: Citation
}

/** Sources, and how many have no place in the texts. */
interface Found {
  placed: Placed[]
  lost: number
}

/** Reads the sources of `texts`: the answer's text parts, and for other parts `undefined`. Sources without a place in them are counted in `lost`. */
export function decodeGrounding(metadata: unknown, texts: readonly (string | undefined)[]): Found {
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
      const at = `/candidates/0/groundingMetadata/groundingChunks/${String(index)}`
      placed.push({ text: place.text, citation: { ...source, supported: place.words, start: place.start, end: place.end, at } })
    }
  }
  return { placed, lost: chunks.filter((_, i) => !cited.has(i)).length }
}

/** What the web was searched for, as a part behind all others: streams tell it in the end. `undefined` for nothing. */
export function searchedPart(metadata: unknown): NativePart | undefined {
  const searched = isObject(metadata) ? arrayOf(metadata.webSearchQueries).filter((query) => typeof query === 'string') : []
  const at = '/candidates/0/groundingMetadata/webSearchQueries'
  return searched.length ? { type: 'native', protocol: 'gemini', value: { webSearchQueries: searched }, searched, at } : undefined
}

/** The entries of `citationMetadata`, as the Gemini API and as Vertex call them. */
export const recitationsOf = (metadata: unknown): unknown[] =>
  isObject(metadata) ? arrayOf(metadata.citations ?? metadata.citationSources) : []

/**
 * Reads which works the answer recites. Their places count through all its text, of which `before` stands ahead of `texts`.
 * @see https://ai.google.dev/api/generate-content#citationmetadata
 */
export function decodeRecitations(
  entries: readonly unknown[],
  texts: readonly (string | undefined)[],
  before = '',
): Found & { licensed: boolean } {
  const all = before + texts.join('')
  let length = before.length
  const ends = texts.map((text = '') => (length += text.length))
  const placed: Placed[] = []
  const works = entries.filter(isObject)
  for (const work of works) {
    const source = named(work)
    const from = unitsOf(all, numberOf(work.startIndex) ?? 0)
    const to = work.endIndex === undefined ? all.length : Math.max(from, unitsOf(all, numberOf(work.endIndex) ?? 0))
    const text = from < before.length ? -1 : ends.findIndex((end) => from < end)
    const start = from - (ends[text - 1] ?? before.length)
    const supported = texts[text]?.slice(start, start + to - from)
    if (!source || !supported) continue
    placed.push({ text, citation: { ...source, supported, start, end: start + supported.length, at: '/candidates/0/citationMetadata' } })
  }
  const licensed = works.some(({ license }) => license)
  return { placed, lost: works.length - placed.length, licensed }
}

const READ: ReadonlySet<string> = new Set(['groundingChunks', 'groundingSupports', 'webSearchQueries'])

/** Notes what was not read of the sources, of which `metadata` tells. */
export function noteLostSources(notes: Notes, grounded: Found, recited: Found & { licensed: boolean }, metadata: unknown): void {
  for (const [field, value] of Object.entries(objectOf(metadata) ?? {}))
    if (!READ.has(field) && value && !isEmpty(value))
      notes.dropped({ at: `/candidates/0/groundingMetadata/${field}` }, undefined, 'only Gemini tells this of its sources')
  for (const [field, { lost }] of Object.entries({ groundingMetadata: grounded, citationMetadata: recited }))
    if (lost) notes.dropped({ at: `/candidates/0/${field}` }, undefined, `${lost} sources are cited at no place of the text`)
  if (recited.licensed) notes.dropped({ at: '/candidates/0/citationMetadata' }, undefined, 'only Gemini tells the licenses of sources')
}

function sourceOf(chunk: unknown): Pick<Citation, 'url' | 'title'> | undefined {
  if (!isObject(chunk)) return undefined
  return named(objectOf(chunk.web) ?? objectOf(chunk.retrievedContext) ?? objectOf(chunk.maps) ?? objectOf(chunk.image))
}

function named(source: JsonObject | undefined): Pick<Citation, 'url' | 'title'> | undefined {
  // a picture is told by the page that it is on
  const url = stringOf(source?.uri) ?? stringOf(source?.sourceUri)
  // Google's titles of web pages are their domains
  const title = stringOf(source?.title) ?? (url !== undefined && URL.canParse(url) ? new URL(url).hostname : undefined)
  return url === undefined && title === undefined ? undefined : { ...(url !== undefined && { url }), ...(title !== undefined && { title }) }
}

function placeOf(
  segment: JsonObject,
  texts: readonly (string | undefined)[],
): { text: number; start: number; end: number; words: string } | undefined {
  const said = stringOf(segment.text)
  const index = numberOf(segment.partIndex) ?? 0
  const text = texts[index]
  if (text !== undefined) {
    const start = unitsOf(text, numberOf(segment.startIndex) ?? 0)
    const end = segment.endIndex === undefined ? text.length : unitsOf(text, numberOf(segment.endIndex) ?? 0)
    const words = text.slice(start, end)
    if (words && (said === undefined || said === words)) return { text: index, start, end, words }
  }
  // streams number their parts otherwise; the words themselves tell the place
  if (!said) return undefined
  const found = texts.findIndex((candidate) => candidate?.includes(said))
  if (found < 0) return undefined
  const start = texts[found]!.indexOf(said)
  return { text: found, start, end: start + said.length, words: said }
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

const encoder = new TextEncoder()
const bytesOf = (text: string): number => encoder.encode(text).length

/** A text that was written, and which part of the client's answer it is. */
export interface CitedText {
  index: number
  text: string
  citations: readonly Citation[]
}

/**
 * Writes the sources of an answer's texts, and what was searched for; `undefined` where there is neither. A citation without a place supports
 * the whole text.
 */
export function encodeGrounding(texts: readonly CitedText[], searched: readonly string[], notes: Notes): JsonObject | undefined {
  const chunks: JsonObject[] = []
  const known = new Map<string, number>()
  const supports = new Map<string, { segment: JsonObject; groundingChunkIndices: number[] }>()
  for (const { index, text, citations } of texts)
    for (const citation of citations) {
      const { url, title, quote, start: from = 0, end: to = text.length } = citation
      if (url === undefined && title === undefined) {
        notes.dropped(citation, undefined, 'a source without a link or a title cannot be named here')
        continue
      }
      const source = JSON.stringify([url, title])
      const chunk = known.get(source) ?? chunks.push(chunkOf(url, title)) - 1
      known.set(source, chunk)
      const words = text.slice(from, to)
      if (quote && quote !== words) notes.approximated(citation, undefined, 'the cited words are not told here, only their source')
      if (!words) continue
      const place = `${index} ${from} ${to}`
      const support = supports.get(place)
      // Gemini CLI would write the marks of several supports in reverse
      if (support) support.groundingChunkIndices.push(chunk)
      else {
        const startIndex = bytesOf(text.slice(0, from))
        const segment = { ...(index && { partIndex: index }), startIndex, endIndex: startIndex + bytesOf(words), text: words }
        supports.set(place, { segment, groundingChunkIndices: [chunk] })
      }
    }
  if (!chunks.length && !searched.length) return undefined
  return {
    ...(searched.length && { webSearchQueries: searched }),
    ...(chunks.length && { groundingChunks: chunks }),
    ...(supports.size && { groundingSupports: [...supports.values()] }),
  }
}
