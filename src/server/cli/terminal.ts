/**
 * Text for people on a terminal.
 *
 * @module
 */

/** Colours a text, on a terminal whose user has not asked for none. @see https://no-color.org */
export function painter(stream: { isTTY?: boolean } = process.stdout): (text: string, colour: keyof typeof CODES) => string {
  const colours = stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb'
  return (text, colour) => (colours ? `\u001B[${CODES[colour]}m${text}\u001B[0m` : text)
}

const CODES = { bold: 1, grey: 90, red: 31, green: 32, yellow: 33 } as const

/** Writes to standard output. */
export const print = (text: string): void => void process.stdout.write(text.endsWith('\n') ? text : `${text}\n`)

export const printJson = (value: unknown): void => print(JSON.stringify(value, undefined, 2))

/** Writes to standard error, where it is in nobody's way. */
export const say = (text: string): void => void process.stderr.write(`cc-route: ${text}\n`)

/** Text that others wrote, without what steers a terminal; line breaks stay. */
export const harmless = (text: string): string => text.replaceAll(/(?!\n|\r\n)\p{Cc}/gu, ' ')

/** Rows in columns. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = []
  for (const row of rows) row.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, cell.length)))
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at]!))
      .join('  ')
      .trimEnd(),
  )
}
