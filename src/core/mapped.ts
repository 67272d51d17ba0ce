/**
 * `list.map(make)` of a list without holes, for what is made for each request.
 *
 * The optimizing compiler of V8 as in Node 20 makes another kind of list of `map` (one that may have holes) than is made before it has compiled
 * the caller. Whatever reads such a list, often the same function, was compiled for the kind of before: it is thrown away and compiled anew,
 * which takes 20 to 40 ms of processor time for each, as much as twenty small requests or more.
 */
export function mapped<T, U>(list: readonly T[], make: (item: T, index: number) => U): U[] {
  const made: U[] = []
  const { length } = list
  for (let index = 0; index < length; index++) made.push(make(list[index]!, index))
  return made
}
