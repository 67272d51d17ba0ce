/** Makes ids that sort by the moment they are made for, and differ over processes, too: nine digits of milliseconds, a count, a name of this maker. */
export function createRecordIds(random: () => number): (at: number) => string {
  const maker = Math.floor(random() * BASE ** 6)
    .toString(BASE)
    .padStart(6, '0')
  let count = 0
  return (at) => {
    count = (count + 1) % BASE ** 4
    return at.toString(BASE).padStart(9, '0') + count.toString(BASE).padStart(4, '0') + maker
  }
}

const BASE = 36
