/**
 * Takes out of a continuation what it repeats of the text before it.
 *
 * @module
 */

/** So much is repeated, and not alike by chance, wherever in a word it begins. */
const SURE = 4

export interface Overlap {
  /** More of the continuation. Gives what of it is new; `''` while it may still turn out to be repeated. */
  push(text: string): string
  /** Nothing more comes: gives what was held back and is new. */
  end(): string
  /** How much was taken out, in UTF-16 units. */
  removed(): number
}

/**
 * Models that are asked to go on repeat words, lines, or all they have said. The longest end of `before` that the continuation begins with is
 * taken out of it, if it begins with a word or is long: a single letter that is alike is no repetition (`hel` and `lo`).
 */
export function withoutOverlap(before: string): Overlap {
  let held = ''
  /** Places in `before` from which on it says what is held. The first one that lasts to its end is the longest overlap. */
  let places: number[] | undefined
  let removed = 0
  let decided = before === ''
  const decide = (): string => {
    decided = true
    return held.slice(removed)
  }
  return {
    push(text) {
      if (decided) return text
      for (let i = 0; i < text.length; i++) {
        const unit = text.charCodeAt(i)
        const at = held.length + i
        places = (places ?? placesIn(before)).filter((place) => before.charCodeAt(place + at) === unit)
        const last = before.length - 1 - at
        if (places.includes(last)) {
          removed = at + 1
          places = places.filter((place) => place < last)
        }
        if (places.length) continue
        held += text
        return decide()
      }
      held += text
      return ''
    },
    end: () => (decided ? '' : decide()),
    removed: () => removed,
  }
}

const placesIn = (text: string): number[] => {
  const places: number[] = []
  for (let at = 0; at < text.length; at++) if (at <= text.length - SURE || beginsWord(text, at)) places.push(at)
  return places
}

const LETTER = /[\p{L}\p{N}]/u

const beginsWord = (text: string, at: number): boolean => at === 0 || !LETTER.test(text[at - 1]!) || !LETTER.test(text[at]!)
