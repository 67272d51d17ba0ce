/**
 * Clients that name the previous response and send its conversation again all the same: said twice, each turn would double it.
 *
 * @module
 */
import { arrayOf, isObject, stringOf, type JsonObject } from '../../core/json.ts'

/** How many items at the start of `input` repeat the end of `history`: at least one of them must be of the model's making. */
export function repeatedItems(history: readonly JsonObject[], input: readonly JsonObject[]): number {
  // Somebody who says the same words again means it; nobody puts the model's words into its mouth twice.
  if (!input.some(isModels)) return 0
  const before = history.filter(isCompared).map(keyOf)
  const places: number[] = []
  const keys: string[] = []
  let models = -1
  for (const [index, item] of input.entries()) {
    if (!isCompared(item)) continue
    if (models < 0 && isModels(item)) models = keys.length
    places.push(index)
    keys.push(keyOf(item))
  }
  for (let length = Math.min(before.length, keys.length); models >= 0 && length > models; length--)
    if (endsWith(before, keys, length)) return withReasoning(input, places[length - 1]! + 1)
  return 0
}

function endsWith(before: readonly string[], keys: readonly string[], length: number): boolean {
  const offset = before.length - length
  for (let i = 0; i < length; i++) if (before[offset + i] !== keys[i]) return false
  return true
}

/** Reasoning right behind a repeated item is repeated, too: answers may end in it. */
function withReasoning(input: readonly JsonObject[], from: number): number {
  let count = from
  while (count < input.length && !isCompared(input[count]!)) count++
  return count
}

/** Some clients leave reasoning out of what they send again. */
const isCompared = (item: JsonObject): boolean => item.type !== 'reasoning'

const isModels = (item: JsonObject): boolean =>
  item.role === 'assistant' || (item.type !== 'reasoning' && typeof item.type === 'string' && item.type.endsWith('_call'))

/** What an item says, however it is spelled. */
function keyOf(item: JsonObject): string {
  if (item.role !== undefined) return `${String(item.role)} ${contentKey(item.content)}`
  const id = stringOf(item.call_id) ?? stringOf(item.id)
  return `${String(item.type)} ${id ?? JSON.stringify(item)}`
}

function contentKey(content: unknown): string {
  if (typeof content === 'string') return content
  return arrayOf(content)
    .map((part) => (isObject(part) ? (stringOf(part.text) ?? stringOf(part.refusal) ?? JSON.stringify(part)) : ''))
    .join('\n')
}
