/**
 * The settings of a request that take more than a look to read.
 *
 * @module
 */
import type { ChatRequest, Effort, Located, OutputFormat, ReasoningAsk } from '../../core/chat.ts'
import {
  isObject,
  optional,
  pointer,
  readBoolean,
  readObject,
  readString,
  reject,
  restOf,
  stringOf,
  type JsonObject,
  lookUp,
} from '../../core/json.ts'
import { tierAsked } from '../../core/service-tier.ts'
import { keep } from './wire.ts'

export function readUser(body: JsonObject, chat: ChatRequest, extra: JsonObject): void {
  const identifier = optional(readString, body.safety_identifier, '/safety_identifier')
  const user = optional(readString, body.user, '/user')
  if (identifier !== undefined) {
    chat.user = identifier
    if (user !== undefined) extra.user = user
  } else if (user !== undefined) {
    chat.user = user
    chat.wireNames = { ...chat.wireNames, user: 'user' }
  }
}

export function readMetadata(body: JsonObject, chat: ChatRequest, extra: JsonObject): void {
  const metadata = optional(readObject, body.metadata, '/metadata')
  if (!metadata) return
  if (Object.values(metadata).every((value) => typeof value === 'string')) chat.metadata = metadata as Record<string, string>
  else extra.metadata = metadata
}

export function readTier(body: JsonObject, chat: ChatRequest, extra: JsonObject): void {
  const tier = optional(readString, body.service_tier, '/service_tier')
  if (tier === undefined) return
  const known = tierAsked(tier)
  if (known) chat.serviceTier = known
  else extra.service_tier = tier
}

/** Codex says `disabled` and `ultra`. */
const EFFORTS: Record<string, Effort> = {
  none: 'none',
  disabled: 'none',
  minimal: 'minimal',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'xhigh',
  max: 'max',
  ultra: 'max',
}

export function decodeReasoningAsk(value: unknown, at: string): ReasoningAsk {
  const ask = readObject(value, at)
  const extra: JsonObject = {}
  const fields: JsonObject = {}
  const read: ReasoningAsk = { at }
  for (const key in ask) {
    const field = ask[key]
    if (field === null) fields[key] = null
    else if (key === 'effort' && typeof field === 'string' && lookUp(EFFORTS, field)) {
      read.effort = lookUp(EFFORTS, field)
      if (read.effort === 'none') read.mode = 'off'
      if (read.effort !== field) fields.effort = field
    } else if (key === 'summary') {
      read.show = 'summary'
      if (field !== 'auto') extra.summary = field
    } else extra[key] = field
  }
  return { ...read, ...keep(extra, { fields }) }
}

const TEXT = new Set(['format', 'verbosity'])

export function readText(body: JsonObject, chat: ChatRequest, groups: Located[], fields: JsonObject): void {
  const text = optional(readObject, body.text, '/text')
  if (!text) return
  const verbosity = optional(readString, text.verbosity, '/text/verbosity')
  if (verbosity !== undefined) chat.verbosity = verbosity
  const format = optional(decodeFormat, text.format, '/text/format')
  if (format) chat.format = format
  const rest = restOf(text, TEXT)
  if (rest) groups.push({ at: '/text', ...keep(rest) })
  // What the neutral fields do not write back by themselves.
  if (rest || text.format === null || text.verbosity === null || !format) fields.text = text
}

const FORMAT = new Set(['type', 'name', 'description', 'schema', 'strict'])

/** `undefined` for plain text. */
function decodeFormat(value: unknown, at: string): OutputFormat | undefined {
  const format = readObject(value, at)
  if (format.type === 'text') return undefined
  if (format.type === 'json_object') return { type: 'json', at, ...keep(restOf(format, FORMAT)) }
  if (format.type !== 'json_schema') return reject(pointer(at, 'type'), '"text", "json_object" or "json_schema"', format.type)
  const name = stringOf(format.name)
  const description = stringOf(format.description)
  const strict = optional(readBoolean, format.strict, pointer(at, 'strict'))
  const fields: JsonObject = {}
  for (const key of ['name', 'description', 'strict'])
    if (typeof format[key] !== 'string' && typeof format[key] !== 'boolean') fields[key] = format[key]
  return {
    type: 'schema',
    schema: readObject(format.schema, pointer(at, 'schema')),
    at,
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    ...(strict !== undefined && { strict }),
    ...keep(restOf(format, FORMAT), { fields }),
  }
}

/** An update amid the conversation counts as if it had stood in the request: providers without such items cannot change their settings later. */
export function applyUpdate(chat: ChatRequest, update: JsonObject): void {
  if (isObject(update.reasoning)) {
    const ask = decodeReasoningAsk(update.reasoning, '')
    chat.reasoning = { ...chat.reasoning, ...ask, at: chat.reasoning?.at ?? '/reasoning', ...keptOf(chat.reasoning) }
  }
  const verbosity = isObject(update.text) ? stringOf(update.text.verbosity) : undefined
  if (verbosity !== undefined) chat.verbosity = verbosity
}

/** Only the request's own fields are written back at its top. */
const keptOf = (object: Located | undefined): Pick<Located, 'extra' | 'spelling'> => ({ extra: object?.extra, spelling: object?.spelling })
