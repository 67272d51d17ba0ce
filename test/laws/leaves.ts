/** Law 3 as a function: which leaves of a request can be changed without anybody being told. */
import { isFailureError } from '../../src/core/failure.ts'
import type { ProtocolName } from '../../src/core/chat.ts'
import { pointer } from '../../src/core/json.ts'
import { translate, type Exchange } from '../../src/transformers/translate.ts'
import { MODEL } from '../fixtures/index.ts'

type Json = unknown
interface Leaf {
  path: string
  keys: (string | number)[]
  value: Json
}

export function leavesOf(value: Json, path = '', keys: (string | number)[] = []): Leaf[] {
  if (Array.isArray(value)) return value.length ? value.flatMap((item, i) => leavesOf(item, pointer(path, i), [...keys, i])) : []
  if (value && typeof value === 'object')
    return Object.entries(value).flatMap(([key, item]) => leavesOf(item, pointer(path, key), [...keys, key]))
  return [{ path, keys, value }]
}

/** Words of closed sets: each is changed into the next, so that the change is one of meaning and no unknown word. */
const WORDS = [
  ['low', 'medium', 'high'],
  ['xhigh', 'max', 'minimal'],
  ['flex', 'priority'],
  ['AUTO', 'ANY', 'NONE', 'VALIDATED'],
  ['MINIMAL', 'LOW', 'MEDIUM', 'HIGH'],
  ['summarized', 'omitted'],
  ['5m', '1h'],
]

/** Another value of the same type. */
function changed(leaf: Leaf): Json {
  const { value } = leaf
  const words = WORDS.find((set) => set.includes(value as string))
  if (words) return words[(words.indexOf(value as string) + 1) % words.length]
  if (typeof value === 'number') return Number.isInteger(value) ? value + 1 : value + 0.01
  if (typeof value === 'boolean') return !value
  if (typeof value === 'string') return `${value}x`
  return 'x'
}

function replaced(body: Json, keys: (string | number)[], value: Json): Json {
  const [key, ...rest] = keys
  if (key === undefined) return value
  if (Array.isArray(body)) return body.map((item, i) => (i === key ? replaced(item, rest, value) : item))
  const object = body as Record<string, Json>
  return { ...object, [key]: replaced(object[key as string], rest, value) }
}

export const covers = (notice: string, path: string) => notice === path || path.startsWith(`${notice}/`)

/** The name of a namespace is part of the names of its tools: what is told of one of these tells it. */
const namesMember = (notice: string, leaf: Leaf): boolean =>
  leaf.path.endsWith('/name') && notice.startsWith(leaf.path.replace(/name$/, 'tools/'))

/** The translation of a request; `undefined` where it is refused aloud. Any other error is a bug. */
export function asked(body: Json, from: ProtocolName, to: ProtocolName): Exchange | undefined {
  try {
    return translate(body, {
      from,
      to,
      model: MODEL[to],
      clientModel: from === 'gemini' ? 'gemini-3-pro' : undefined,
      stream: from === 'gemini' ? false : undefined,
    })
  } catch (error) {
    if (isFailureError(error) && error.failure.status < 500) return undefined
    throw error
  }
}

/** The paths of leaves whose change neither changes the translation nor is told by a notice. `pick` chooses the leaves to try. */
export function silentLeaves(
  body: Json,
  from: ProtocolName,
  to: ProtocolName,
  pick: (leaves: Leaf[]) => Leaf[] = (leaves) => leaves,
): string[] {
  const before = asked(body, from, to)
  if (!before) return []
  const silent = pick(leavesOf(body)).filter((leaf) => {
    // the target's model is given; the client's is echoed in the answer
    if (leaf.path === '/model') return false
    const after = asked(replaced(body, leaf.keys, changed(leaf)), from, to)
    if (!after || after.streaming !== before.streaming) return false
    if (JSON.stringify(after.body) !== JSON.stringify(before.body)) return false
    if (after.chat?.includeUsage !== before.chat?.includeUsage) return false
    // what is lost of either value is told
    const told = [...before.notices, ...after.notices].filter((notice) => notice.in === 'request' && notice.action !== 'invented')
    return !told.some((notice) => covers(notice.path, leaf.path) || namesMember(notice.path, leaf))
  })
  return silent.map((leaf) => leaf.path)
}
