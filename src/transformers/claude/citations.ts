/**
 * Citations of a text block, in questions and answers alike.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/citations
 * @module
 */
import type { Citation, Located } from '../../core/chat.ts'
import { arrayOf, isObject, pointer, restOf, stringOf, type JsonObject, lookUp } from '../../core/json.ts'
import type { Notes } from '../../core/notice.ts'
import { isOwn, ownFields } from './wire.ts'

/** Which wire field names the source and its title, for each type of citation. */
const SOURCES: Record<string, { url?: string; title: string }> = {
  web_search_result_location: { url: 'url', title: 'title' },
  search_result_location: { url: 'source', title: 'title' },
}
const DOCUMENT = { title: 'document_title' }

/** A citation holds for the whole of its text block. */
export function decodeCitation(value: unknown, at?: string): Citation | undefined {
  if (!isObject(value)) return undefined
  const { url: urlField, title: titleField }: { url?: string; title: string } = lookUp(SOURCES, stringOf(value.type) ?? '') ?? DOCUMENT
  const url = urlField && stringOf(value[urlField])
  const title = stringOf(value[titleField])
  const quote = stringOf(value.cited_text)
  const extra = restOf(value, new Set(['type', 'cited_text', titleField, ...(urlField ? [urlField] : [])]))
  return {
    at,
    ...(url !== undefined && { url }),
    ...(title !== undefined && { title }),
    ...(quote !== undefined && { quote }),
    ...(extra && { extra: { claude: extra } }),
    spelling: { claude: { type: value.type, ...(value[titleField] === null && { [titleField]: null }) } },
  }
}

export const decodeCitations = (value: unknown, at: string): Citation[] =>
  arrayOf(value).flatMap((citation, i) => decodeCitation(citation, pointer(`${at}/citations`, i)) ?? [])

/** A citation for the wire; `undefined` where the source cannot be named in one. */
function encodeCitation(citation: Citation): JsonObject | undefined {
  const { url, title, quote, supported = '' } = citation
  if (isOwn(citation)) {
    const names: { url?: string; title: string } = SOURCES[stringOf(citation.spelling?.claude?.type) ?? ''] ?? DOCUMENT
    return {
      ...(quote !== undefined && { cited_text: quote }),
      ...(title !== undefined && { [names.title]: title }),
      ...(url !== undefined && names.url && { [names.url]: url }),
      ...ownFields(citation),
    }
  }
  if (url === undefined) return undefined
  // clients demand a title and a quote
  return { type: 'web_search_result_location', url, title: title ?? url, cited_text: quote ?? supported, encrypted_index: '' }
}

/** A citation of an answer; `undefined`, with a notice, where the source cannot be named in one. */
export function encodeToldCitation(citation: Citation, notes: Notes): JsonObject | undefined {
  const written = encodeCitation(citation)
  if (!written) notes.dropped(citation, undefined, 'a source without a link cannot be named here')
  return written
}

/** The citations of a question's text. Those of other providers lack the token with which Claude knows its own again, so they stay behind. */
export function encodeAskedCitations(text: Located & { citations?: Citation[] }, notes: Notes): JsonObject[] | undefined {
  const own = text.citations?.filter((citation) => {
    if (isOwn(citation)) return true
    notes.dropped(citation.at === undefined ? text : citation, undefined, 'Claude takes back only citations of its own')
    return false
  })
  return own?.length ? own.map((citation) => encodeCitation(citation) ?? {}) : undefined
}
