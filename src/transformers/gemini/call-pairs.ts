/**
 * Which result answers which call. Gemini's ids are optional: results then belong to the oldest open call of their name,
 * and to the oldest open call of any name where there is none.
 *
 * @module
 */
import type { ToolCallPart } from '../../core/chat.ts'
import { isObject } from '../../core/json.ts'

export interface CallPairs {
  /** The id of a call of the current turn: its own, or a new one that depends on its place alone. */
  call(id: string | undefined): string
  /** Remembers a call of the current turn as unanswered. */
  opened(call: ToolCallPart): void
  /** The call that a result answers: its id, and its name where it is known. */
  answered(id: string | undefined, name: string | undefined): { id: string; name?: string }
  /** A new turn of the model begins: its calls come before those left over. */
  turn(): void
}

/** @param contents the wire's conversation, to keep new ids apart from given ones */
export function createCallPairs(contents: unknown): CallPairs {
  const open: ToolCallPart[] = []
  const names = new Map<string, string>()
  let fresh = 0
  let made = 0
  let given: Set<string> | undefined
  let used: Set<string> | undefined
  const mint = (): string => {
    used ??= idsOf(contents, 'functionCall', 'functionResponse')
    let id = `call_${++made}`
    while (used.has(id)) id = `call_${++made}`
    return id
  }
  return {
    call: (id) => id ?? mint(),
    opened(call) {
      if (fresh === open.length) open.push(call)
      else open.splice(fresh, 0, call)
      fresh++
    },
    answered(id, name) {
      // a result's id may be an invention of the client, where the call had none
      const candidate = (call: ToolCallPart) => id === undefined || !(given ??= idsOf(contents, 'functionCall')).has(call.id)
      let found = id === undefined ? -1 : open.findIndex((call) => call.id === id)
      if (found < 0) found = open.findIndex((call) => candidate(call) && call.name === name)
      if (found < 0) found = open.findIndex(candidate)
      const call = open[found]
      // another result for a call is about that same call
      if (!call) return id === undefined ? { id: mint() } : { id, name: names.get(id) }
      open.splice(found, 1)
      names.set(call.id, call.name)
      if (found < fresh) fresh--
      return { id: call.id, name: call.name }
    },
    turn() {
      fresh = 0
    },
  }
}

/** The ids that all parts of these kinds have. */
function idsOf(contents: unknown, ...kinds: string[]): Set<string> {
  const ids = new Set<string>()
  for (const content of Array.isArray(contents) ? contents : [contents]) {
    const parts = isObject(content) ? content.parts : undefined
    for (const part of Array.isArray(parts) ? parts : [parts])
      for (const kind of kinds) {
        const inner = isObject(part) ? part[kind] : undefined
        if (isObject(inner) && typeof inner.id === 'string') ids.add(inner.id)
      }
  }
  return ids
}
