/**
 * Sources of a text, in OpenAI's form and in Perplexity's.
 *
 * @module
 */
import type { Citation } from '../../core/chat.ts'
import { arrayOf, isObject, numberOf, objectOf, stringOf, type JsonObject } from '../../core/json.ts'
import type { Lose } from '../../core/notice.ts'

/**
 * `annotations` of a message or a delta, which `at` leads to. Only links are read.
 * @see https://platform.openai.com/docs/guides/tools-web-search?api-mode=chat
 */
export function decodeAnnotations(value: unknown, at: string, lose: Lose): Citation[] {
  return arrayOf(value).flatMap((item, i): Citation[] => {
    const told = isObject(item) ? objectOf(item.url_citation) : undefined
    const url = stringOf(told?.url)
    if (!told || url === undefined) {
      lose(`${at}/annotations`, `only this provider has annotations of the type ${String(objectOf(item)?.type)}`)
      return []
    }
    return [
      defined({
        url,
        title: stringOf(told.title),
        quote: stringOf(told.content),
        start: numberOf(told.start_index),
        end: numberOf(told.end_index),
        at: `${at}/annotations/${i}`,
      }),
    ]
  })
}

/** Perplexity's lists beside the choices. @see https://docs.perplexity.ai/api-reference/chat-completions-post */
export function decodeSearchResults(body: JsonObject): Citation[] {
  const results = arrayOf(body.search_results).filter(isObject)
  if (results.length)
    return results.flatMap((result) => {
      const url = stringOf(result.url)
      return url === undefined ? [] : [defined({ url, title: stringOf(result.title) })]
    })
  return arrayOf(body.citations).flatMap((url) => (typeof url === 'string' ? [{ url }] : []))
}

const defined = (citation: Citation): Citation => Object.fromEntries(Object.entries(citation).filter(([, value]) => value !== undefined))

/**
 * `undefined` for a source without a link, which OpenAI's form cannot name. The cited words stand where OpenRouter has them.
 *
 * @param from where the cited part's text begins in the message, and how long it is
 */
export function encodeAnnotation(citation: Citation, from: { offset: number; length: number }): JsonObject | undefined {
  if (citation.url === undefined) return undefined
  return {
    type: 'url_citation',
    url_citation: {
      start_index: from.offset + (citation.start ?? 0),
      end_index: from.offset + (citation.end ?? from.length),
      url: citation.url,
      title: citation.title ?? '',
      ...(citation.quote && { content: citation.quote }),
    },
  }
}
