/**
 * Tables that fit a terminal.
 *
 * @module
 */

export interface Column<Row> {
  title: string
  text(row: Row): string
  /** Numbers stand to the right; names may be cut where the terminal is narrow. */
  is: 'name' | 'number'
}

const GAP = 2
/** Names are not cut to less than this. */
const LEAST = 8

/** Lines of at most `width` characters, as far as names can be cut; a column that is empty everywhere is left out. */
export function tableOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number): string[] {
  const cells = rows.map((row) => columns.map((column) => plain(column.text(row))))
  const used = columns.map((_, at) => at).filter((at) => cells.some((row) => row[at]))
  const widths = used.map((at) => Math.max(columns[at]!.title.length, ...cells.map((row) => row[at]!.length)))
  narrow(
    widths,
    used.map((at) => columns[at]!.is === 'name'),
    width,
  )
  const line = (row: readonly string[]): string =>
    used
      .map((at, index) => {
        const cell = cut(row[at]!, widths[index]!)
        return columns[at]!.is === 'name' ? cell.padEnd(widths[index]!) : cell.padStart(widths[index]!)
      })
      .join(' '.repeat(GAP))
      .trimEnd()
  return [columns.map(({ title }) => title), ...cells].map(line)
}

/** Takes from the widest name until all fits. */
function narrow(widths: number[], mayBeCut: readonly boolean[], width: number): void {
  const over = () => widths.reduce((sum, each) => sum + each + GAP, -GAP) - width
  while (over() > 0) {
    let widest = -1
    widths.forEach((each, at) => {
      if (mayBeCut[at] && each > LEAST && each > (widths[widest] ?? 0)) widest = at
    })
    if (widest < 0) return
    widths[widest]!--
  }
}

/** The end of a name tells it from its like as often as its begin: what is cut is in the middle. */
function cut(text: string, width: number): string {
  if (text.length <= width) return text
  const tail = Math.floor((width - 1) / 2)
  return `${text.slice(0, width - 1 - tail)}…${text.slice(text.length - tail)}`
}

/** Clients choose many names: none may do things to a terminal. */
const plain = (text: string): string => text.replaceAll(/\p{Cc}/gu, ' ')
