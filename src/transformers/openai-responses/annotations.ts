/**
 * Annotations of output text: the sources that it cites.
 *
 * @module
 */
import type { Citation } from '../../core/chat.ts'
import { numberOf, restOf, stringOf, type JsonObject } from '../../core/json.ts'
import type { Notes } from '../../core/notice.ts'
import { compact, keep, spellingOf } from './wire.ts'

const KNOWN = new Set(['type', 'url', 'title', 'start_index', 'end_index', 'filename', 'quote'])

/** Reads a `url_citation`, or one of the file citations, whose file only OpenAI holds. */
export function decodeAnnotation(annotation: JsonObject, at: string): Citation {
  const url = stringOf(annotation.url)
  const title = stringOf(annotation.title) ?? stringOf(annotation.filename)
  const start = numberOf(annotation.start_index)
  const end = numberOf(annotation.end_index)
  return {
    at,
    ...(url !== undefined && { url }),
    ...(title !== undefined && { title }),
    ...(start !== undefined && { start }),
    ...(end !== undefined && { end }),
    ...keep(restOf(annotation, KNOWN), { item: annotation }),
  }
}

/**
 * Writes a citation; `undefined` where it names no URL: there is no annotation for that. A citation without a place
 * supports the whole text.
 *
 * @param length of the text that it stands in
 */
export function encodeAnnotation(citation: Citation, length: number, notes: Notes): JsonObject | undefined {
  const { item } = spellingOf(citation)
  if (item) return item
  if (citation.url === undefined) {
    notes.dropped(citation, undefined, 'a citation without a URL has no counterpart in the Responses API')
    return undefined
  }
  if (citation.quote) notes.approximated(citation, undefined, 'the cited words are not told here, only their source')
  return compact({
    type: 'url_citation',
    start_index: citation.start ?? 0,
    end_index: citation.end ?? length,
    url: citation.url,
    title: citation.title ?? citation.url,
  })
}
