/**
 * Gemini's conversation, read.
 *
 * @module
 */
import type { Located, Message, Part } from '../../core/chat.ts'
import { isObject, readArray, readObject, reject, type JsonObject, lookUp } from '../../core/json.ts'
import { mapped } from '../../core/mapped.ts'
import { createCallPairs } from './call-pairs.ts'
import { createPartDecoder } from './decode-parts.ts'
import { restIn } from './fields.ts'

const KNOWN = new Set(['role', 'parts'])
/** Roles that are seen on the wire. Results once had roles of their own; without a role it is the user. */
const ROLES: Record<string, Message['role']> = { user: 'user', model: 'assistant', function: 'user', tool: 'user' }

/**
 * Reads `contents`: a list as the API has it, or what the SDKs also take, a single content, part or text.
 * Throws a `FailureError` (400) for other shapes. What only counts for notices goes to `groups`.
 */
export function decodeContents(contents: unknown, at: string, groups: Located[]): Message[] {
  const pairs = createCallPairs(contents)
  const decodePart = createPartDecoder(pairs, groups)

  const message = (value: unknown, place: string, shape?: 'one'): Message => {
    if (typeof value === 'string')
      return { role: 'user', parts: [{ type: 'text', text: value, at: place }], bare: true, at: place, ...spelled({ shape }) }
    if (!isObject(value)) return reject(place, 'an object', value)
    if (!('parts' in value) && !('role' in value)) {
      const parts: Part[] = []
      decodePart(value, place, parts)
      return { role: 'user', parts, at: place, ...spelled({ shape, only: 'part' }) }
    }
    const role =
      value.role === undefined || value.role === null ? 'user' : typeof value.role === 'string' ? lookUp(ROLES, value.role) : undefined
    if (!role) return reject(`${place}/role`, '"user" or "model"', value.role)
    if (role === 'assistant') pairs.turn()
    const spelling: JsonObject = { role: value.role, shape }
    if (isObject(value.parts)) spelling.only = 'parts'
    return restIn({ role, parts: partsOf(value.parts, `${place}/parts`), at: place }, value, KNOWN, spelling)
  }

  const partsOf = (wire: unknown, place: string): Part[] => {
    const parts: Part[] = []
    if (wire === undefined || wire === null) return parts
    if (isObject(wire)) decodePart(wire, place, parts)
    else if (typeof wire === 'string') decodePart({ text: wire }, place, parts)
    else {
      const list = readArray(wire, place)
      for (let i = 0; i < list.length; i++) decodePart(readObject(list[i], place, i), `${place}/${i}`, parts)
    }
    return parts
  }

  if (Array.isArray(contents)) return mapped<unknown, Message>(contents, (content, i) => message(content, `${at}/${i}`))
  if (isObject(contents) || typeof contents === 'string') return [message(contents, at, 'one')]
  return reject(at, 'a list of contents', contents)
}

const spelled = (spelling: JsonObject): Located => ({ spelling: { gemini: spelling } })
