/**
 * A Gemini client's request, read.
 * @see https://ai.google.dev/api/generate-content#method:-models.generatecontent
 *
 * @module
 */
import type { ChatRequest, Located, ServiceTier, TextPart } from '../../core/chat.ts'
import { isObject, optional, readArray, readObject, readString, type JsonObject, lookUp } from '../../core/json.ts'
import { mapped } from '../../core/mapped.ts'
import type { UrlFacts } from '../../core/protocol.ts'
import { decodeConfig } from './decode-config.ts'
import { decodeContents } from './decode-contents.ts'
import { decodeToolConfig, decodeTools } from './decode-tools.ts'
import { rest } from './fields.ts'
import { relocate, toCamel } from './spelling.ts'

const KNOWN = new Set(['model', 'contents', 'systemInstruction', 'tools', 'toolConfig', 'generationConfig', 'labels', 'serviceTier'])
const TIERS: Record<string, ServiceTier> = { flex: 'flex', standard: 'standard', priority: 'priority' }

/**
 * Reads a body of generateContent, streamGenerateContent or countTokens, in either spelling. Model and stream flag come from the URL.
 * @throws FailureError 400 that names the field
 */
export function decodeRequest(value: unknown, url: UrlFacts): ChatRequest {
  const original = readObject(value, '')
  const outer = toCamel(original)
  const wrapped = isObject(outer.generateContentRequest)
  const at = wrapped ? '/generateContentRequest' : ''
  const body = wrapped ? (outer.generateContentRequest as JsonObject) : outer
  const groups: Located[] = []
  const model = optional(readString, body.model, `${at}/model`)
  const spelling: JsonObject = {}
  const settings = body.generationConfig == null ? {} : decodeConfig(body.generationConfig, `${at}/generationConfig`, groups)
  const declared = body.tools == null ? [] : decodeTools(body.tools, `${at}/tools`, groups)
  if (body.tools != null && (!declared.length || objectsIn(body.tools).some(hasEmptyList))) spelling.tools = body.tools
  const config = body.toolConfig == null ? undefined : decodeToolConfig(body.toolConfig, `${at}/toolConfig`, declared)
  if (config) groups.push(config.group)
  const metadata = labelsOf(body.labels, `${at}/labels`)
  const tier = optional(readString, body.serviceTier, `${at}/serviceTier`)
  const serviceTier = tier === undefined ? undefined : lookUp(TIERS, tier.toLowerCase())
  if (tier !== undefined) spelling.serviceTier = tier
  const messages = decodeContents(body.contents, `${at}/contents`, groups)
  const system = systemOf(body.systemInstruction, `${at}/systemInstruction`, spelling, groups)
  const left = rest(body, KNOWN, spelling)
  // the URL's model wins; the one in the body is then of no effect
  const ignored: JsonObject = {
    ...(url.model !== undefined && model !== undefined && { model }),
    ...(tier !== undefined && !serviceTier && tier !== 'unspecified' && { serviceTier: tier }),
  }
  const asked = url.model ?? model?.replace(/^models\//, '')
  if (url.model === undefined && model !== undefined) spelling.model = model
  if (outer !== original) spelling.original = wrapped ? (original.generateContentRequest ?? original.generate_content_request) : original
  const chat: ChatRequest = {
    stream: url.stream ?? false,
    ...(asked !== undefined && { model: asked }),
    system,
    ...(typeof body.systemInstruction === 'string' && { systemBare: true }),
    messages,
    tools: config?.tools ?? declared,
    ...(config?.toolChoice && { toolChoice: config.toolChoice }),
    ...settings,
    ...(metadata && { metadata }),
    ...(serviceTier && { serviceTier }),
    ...(groups.length && { groups }),
    at,
    spelling: left.spelling,
    ...((left.extra || Object.keys(ignored).length > 0) && { extra: { gemini: { ...left.extra?.gemini, ...ignored } } }),
  }
  return outer === original ? chat : relocate(chat, original)
}

const objectsIn = (value: unknown): JsonObject[] => (Array.isArray(value) ? value : [value]).filter(isObject)
const hasEmptyList = (entry: JsonObject) => Object.values(entry).some((list) => Array.isArray(list) && !list.length)

function labelsOf(value: unknown, at: string): Record<string, string> | undefined {
  const labels = optional(readObject, value, at)
  if (!labels) return undefined
  return Object.fromEntries(Object.entries(labels).map(([key, label]) => [key, readString(label, `${at}/${key}`)]))
}

const TEXT = new Set(['text'])

/** One part a block. What is no text is kept as an extra of an empty one; Gemini takes none there either. */
function systemOf(value: unknown, at: string, spelling: JsonObject, groups: Located[]): TextPart[] {
  if (value === undefined || value === null) return []
  if (typeof value === 'string') return value ? [{ type: 'text', text: value, at }] : []
  const content = readObject(value, at)
  const { role, parts, ...others } = content
  // a role means nothing here; two are usual
  const unusual = role !== undefined && role !== null && role !== 'user' && role !== 'system'
  if (unusual || Object.keys(others).length) groups.push({ at, extra: { gemini: { ...others, ...(unusual && { role }) } } })
  spelling.systemInstruction = { ...others, ...('role' in content && { role }) }
  const list =
    parts === undefined || parts === null ? [] : isObject(parts) || typeof parts === 'string' ? [parts] : readArray(parts, `${at}/parts`)
  return mapped(list, (item, i): TextPart => {
    const place = Array.isArray(parts) ? `${at}/parts/${i}` : `${at}/parts`
    const part = typeof item === 'string' ? { text: item } : readObject(item, place)
    return {
      type: 'text',
      text: optional(readString, part.text, `${place}/text`) ?? '',
      at: place,
      ...rest(part, TEXT, 'text' in part ? undefined : { text: undefined }),
    }
  })
}
