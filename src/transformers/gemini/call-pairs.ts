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
  let fresh = 0
  let made = 0
  let given: Set<string> | undefined
  const mint = (): string => {
    given ??= givenIds(contents)
    let id = `call_${++made}`
    while (given.has(id)) id = `call_${++made}`
    return id
  }
  return {
    call: (id) => id ?? mint(),
    opened(call) {
      open.splice(fresh++, 0, call)
    },
    answered(id, name) {
      given ??= givenIds(contents)
      // a result's id may be an invention of the client, where the call had none
      const candidate = (call: ToolCallPart) => id === undefined || !given?.has(call.id)
      let found = id === undefined ? -1 : open.findIndex((call) => call.id === id)
      if (found < 0) found = open.findIndex((call) => candidate(call) && call.name === name)
      if (found < 0) found = open.findIndex(candidate)
      const call = open[found]
      if (!call) return { id: id ?? mint() }
      open.splice(found, 1)
      if (found < fresh) fresh--
      return { id: call.id, name: call.name }
    },
    turn() {
      fresh = 0
    },
  }
}

/** The ids of all calls. */
function givenIds(contents: unknown): Set<string> {
  const ids = new Set<string>()
  for (const content of Array.isArray(contents) ? contents : [contents]) {
    const parts = isObject(content) ? content.parts : undefined
    for (const part of Array.isArray(parts) ? parts : [parts])
      if (isObject(part) && isObject(part.functionCall) && typeof part.functionCall.id === 'string') ids.add(part.functionCall.id)
  }
  return ids
}
