/**
 * About how long an answer is of whose events only the first and the last were read: the others say as much for each byte as the last ones.
 * Functions of a plain object: each function of its own that a stream has is 64 bytes more for as long as it goes on.
 *
 * @module
 */
import { addLength, type Length } from '../../core/tokens.ts'

/** What stands around an event's data: `data: ` and the blank line, and with a name `event: ` and its line end. */
const UNNAMED_FRAME = 8
const NAMED_FRAME = 16

export interface UnreadLength {
  beginning: Length
  /** Absent until the end is read. */
  ending: Length | undefined
  /** How much the ending said up to the last event. */
  told: number
  /** How long the ending is on the wire up to the last event that says something, and behind that. */
  speaking: number
  silent: number
  /** What the words of the ending are multiplied by to stand for those as well that were not read. */
  times: number
}

const nothing = (): Length => ({ characters: 0, wide: 0 })

export const createUnreadLength = (): UnreadLength => ({
  beginning: nothing(),
  ending: undefined,
  told: 0,
  speaking: 0,
  silent: 0,
  times: 1,
})

/** Words of the event that is read. */
export const addWords = ({ beginning, ending }: UnreadLength, text: string): void => addLength(ending ?? beginning, text)

/** What is read from now on is the end. */
export const beginEnd = (length: UnreadLength): void => void (length.ending = nothing())

/** An event has been read. */
export function passEvent(length: UnreadLength, data: string, name: string | undefined): void {
  const { ending, told } = length
  if (!ending) return
  length.silent += data.length + (name === undefined ? UNNAMED_FRAME : NAMED_FRAME + name.length)
  if (ending.characters === told) return
  length.told = ending.characters
  length.speaking += length.silent
  length.silent = 0
}

/** The end has been read: so many bytes, behind so many that nobody reads. */
export function finishEnd(length: UnreadLength, read: number, unread: number): void {
  const { speaking, silent } = length
  if (unread) length.times = 1 + (unread * (speaking + silent)) / (read * speaking)
}

/** All of the answer; `undefined` where its end says nothing and there is more. */
export function wholeLength({ beginning, ending = nothing(), times }: UnreadLength): Length | undefined {
  if (!Number.isFinite(times)) return undefined
  return { characters: beginning.characters + ending.characters * times, wide: beginning.wide + ending.wide * times }
}
