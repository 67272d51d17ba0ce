/** What becomes of a line of the ledger, found out by translating it, and by translating it back. */
import { isDeepStrictEqual } from 'node:util'
import type { ProtocolName } from '../../src/core/chat.ts'
import { isFailureError } from '../../src/core/failure.ts'
import { isObject } from '../../src/core/json.ts'
import { translate } from '../../src/transformers/translate.ts'
import type { Row } from './row.ts'

/** The models that are asked. */
export const MODEL: Record<ProtocolName, string> = {
  claude: 'claude-sonnet-5',
  openai: 'gpt-5.4',
  'openai-responses': 'gpt-5.4',
  gemini: 'gemini-3-pro',
}

export interface Outcome {
  /**
   * `exact`: it would come back as it was. `kept`: the same is said in another form. `approximated`, `dropped`: as the notices
   * have it. `refused`: the request is answered with a 400.
   */
  kind: 'exact' | 'kept' | 'approximated' | 'dropped' | 'refused'
  reason?: string
  /** Something is lost that an answer hangs on: strict mode refuses it. */
  lost?: boolean
}

const run = (body: unknown, from: ProtocolName, to: ProtocolName) =>
  translate(body, { from, to, model: MODEL[to], clientModel: MODEL[from], ...(from === 'gemini' && { stream: false }) })

/** What a JSON Pointer leads to; `undefined` where it leads nowhere. */
function valueAt(body: unknown, path: string): unknown {
  let value = body
  for (const step of path.split('/').slice(1))
    value = Array.isArray(value) ? value[Number(step)] : isObject(value) ? value[step] : undefined
  return value
}

const covers = (path: string, other: string) => other === path || other.startsWith(`${path}/`)

export function outcomeOf({ body, path }: Row, from: ProtocolName, to: ProtocolName): Outcome {
  try {
    const { body: there, notices } = run(body, from, to)
    const told = notices.filter((notice) => notice.action !== 'invented' && (covers(notice.path, path) || covers(path, notice.path)))
    const worst = told.find((notice) => notice.action === 'dropped' && covers(notice.path, path)) ?? told[0]
    // what is lost below does not take the whole away
    const lost = told.some((notice) => !notice.minor)
    if (worst) return { kind: covers(worst.path, path) ? worst.action : 'approximated', reason: worst.reason, lost } as Outcome
    const added = notices.find((notice) => notice.action === 'invented' && notice.path !== '/max_tokens')
    if (added) return { kind: 'kept', reason: added.reason }
    const back = run(there, to, from).body
    return { kind: isDeepStrictEqual(valueAt(back, path), valueAt(body, path)) ? 'exact' : 'kept' }
  } catch (error) {
    if (isFailureError(error) && error.failure.status < 500) return { kind: 'refused', reason: error.failure.message }
    throw error
  }
}
