/**
 * "Did you mean …?"
 *
 * @module
 */

/** The one of `known` that `asked` was probably meant to be. */
export function suggest(asked: string, known: Iterable<string>): string | undefined {
  const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '')
  let best: string | undefined
  let least = Infinity
  for (const name of known) {
    const distance = plain(name) === plain(asked) ? 0 : distanceOf(plain(asked), plain(name))
    if (distance < least && distance <= Math.max(1, Math.floor(name.length / 3))) [best, least] = [name, distance]
  }
  return best
}

/** `, did you mean "x"?`, or nothing. */
export function didYouMean(asked: string, known: Iterable<string>): string {
  const found = suggest(asked, known)
  return found === undefined ? '' : ` Did you mean ${JSON.stringify(found)}?`
}

/** How many letters must be put in, left out, changed or swapped with their neighbour. */
function distanceOf(a: string, b: string): number {
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) next[j] = Math.min(next[j]!, before[j - 2]! + 1)
    }
    before = row
    row = next
  }
  return row[b.length]!
}
