/**
 * The items of conversations: what was said before a response, and how a client is shown it.
 *
 * @module
 */
import { arrayOf, isObject, readArray, readObject, stringOf, type JsonObject } from '../../core/json.ts'
import type { StoredResponse } from './store.ts'

export const outputOf = ({ response }: StoredResponse): JsonObject[] => arrayOf(response.output).filter(isObject)

const COMPACTIONS: ReadonlySet<unknown> = new Set(['compaction', 'compaction_summary', 'context_compaction'])

/** Whether an item stands for everything before it. */
export const isCompaction = (item: JsonObject): boolean => COMPACTIONS.has(item.type)

/**
 * The turns up to and with a response, the first one first, back to the latest compaction. `undefined` where one of them is not
 * kept any more: a conversation without its beginning would be worse than none.
 */
export async function turnsOf(get: (id: string) => Promise<StoredResponse | undefined>, id: string): Promise<StoredResponse[] | undefined> {
  const turns: StoredResponse[] = []
  const seen = new Set<string>()
  for (let next: string | undefined = id; next !== undefined;) {
    // Ids come from upstreams, which may give the same twice.
    const turn: StoredResponse | undefined = seen.has(next) ? undefined : await get(next)
    if (!turn) return undefined
    seen.add(next)
    turns.push(turn)
    next = outputOf(turn).some(isCompaction) || turn.input.some(isCompaction) ? undefined : turn.parent
  }
  return turns.toReversed()
}

/** All items of turns. What a compaction in an answer stands for is left out. */
export function itemsOf(turns: readonly StoredResponse[], shown: (turn: StoredResponse) => readonly JsonObject[] = inputOf): JsonObject[] {
  return turns.flatMap((turn) => {
    const output = outputOf(turn)
    const from = output.findLastIndex(isCompaction)
    return from < 0 ? [...shown(turn), ...output] : output.slice(from)
  })
}

const inputOf = (turn: StoredResponse): readonly JsonObject[] => turn.input

/**
 * The items of a request's `input`; text is a message of the user.
 *
 * @throws FailureError 400
 */
export function readItems(input: unknown): JsonObject[] {
  if (input === undefined || input === null) return []
  if (typeof input === 'string') return [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: input }] }]
  return readArray(input, '/input').map((item, index) => readObject(item, `/input/${index}`))
}

const PREFIX: Record<string, string> = {
  message: 'msg',
  reasoning: 'rs',
  function_call: 'fc',
  function_call_output: 'fco',
  custom_tool_call: 'ctc',
  custom_tool_call_output: 'ctco',
}

/** A turn's own input as clients are shown it: each item with its type and an id, the same each time. */
export const shownInput = (turn: StoredResponse): JsonObject[] => turn.input.map((item, index) => shownItem(item, turn.id, index))

function shownItem(item: JsonObject, responseId: string, index: number): JsonObject {
  const type = stringOf(item.type) ?? (item.role === undefined ? 'item_reference' : 'message')
  const id = stringOf(item.id) ?? `${PREFIX[type] ?? 'item'}_${responseId.replace(/^resp_/, '')}_${index}`
  if (type !== 'message') return { ...item, type, id }
  const content = typeof item.content === 'string' ? [textPart(item)] : item.content
  return { ...item, type, id, status: item.status ?? 'completed', content }
}

const textPart = ({ role, content }: JsonObject): JsonObject =>
  role === 'assistant' ? { type: 'output_text', text: content, annotations: [] } : { type: 'input_text', text: content }
