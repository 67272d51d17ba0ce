/**
 * What the encoders of a request share: whom they write for, and what may be said to it.
 *
 * @module
 */
import type { ChatRequest, Located } from '../../core/chat.ts'
import type { ChatDialect } from '../../core/dialect.ts'
import type { JsonObject } from '../../core/json.ts'
import type { NameMap } from '../../core/names.ts'
import type { Notes } from '../../core/notice.ts'
import type { AskContext } from '../../core/protocol.ts'
import { factsOf, type ModelFacts } from './models.ts'

export interface Writing {
  /** The client spoke this protocol too: everything is written as it was said, whatever the provider makes of it. */
  faithful: boolean
  dialect: ChatDialect
  facts: ModelFacts
  notes: Notes
  toolNames: NameMap
  callIds: Pick<NameMap, 'fit'>
  /** As in {@link AskContext}. */
  enforceStops: AskContext['enforceStops']
  /** Why a field cannot be sent; `undefined` where it can. */
  refusal(field: string): string | undefined
}

/** What a client of this very protocol said is not adapted: no dialect, no facts. */
const AS_SAID: ChatDialect = { files: 'file-or-link' }

export function writingFor(chat: ChatRequest, context: AskContext): Writing {
  const { notes, toolNames, callIds, model } = context
  const faithful = chat.spelling?.openai !== undefined
  const dialect = faithful ? { ...AS_SAID, replay: context.dialect.chat?.replay } : (context.dialect.chat ?? {})
  const facts = faithful || dialect.modelFacts === false ? {} : factsOf(model)
  const unsupported = faithful ? [] : (context.dialect.unsupported ?? [])
  return {
    faithful,
    dialect,
    facts,
    notes,
    toolNames,
    callIds,
    enforceStops: context.enforceStops,
    refusal: (field) =>
      unsupported.includes(field)
        ? 'this provider does not know this field'
        : facts.refuses?.includes(field)
          ? 'this model refuses this field'
          : undefined,
  }
}

/** Sets a request field, or notes why it cannot be sent. `undefined` sets nothing. */
export function put(body: JsonObject, field: string, value: unknown, from: { object: Located; field: string }, writing: Writing): void {
  if (value === undefined) return
  const reason = writing.refusal(field)
  if (reason) writing.notes.dropped(from.object, from.field, reason)
  else body[writing.dialect.rename?.[field] ?? field] = value
}

/** Sets what a path of names joined by dots leads to, making objects on the way. */
export function setPath(body: JsonObject, path: string, value: unknown): void {
  const steps = path.split('.')
  const last = steps.pop()!
  let at = body
  for (const step of steps) at = at[step] = { ...(at[step] as JsonObject | undefined) }
  at[last] = value
}

/** Merges objects two levels deep. */
export function mergeInto(body: JsonObject, more: JsonObject | undefined): void {
  for (const key in more) {
    const value = more[key]
    const old = body[key]
    const nested = typeof value === 'object' && value !== null && !Array.isArray(value)
    body[key] = nested ? { ...(old as JsonObject | undefined), ...value } : value
  }
}
