/**
 * Tar files, as far as backups take them: plain files with short names, which any `tar` opens.
 *
 * @module
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html (ustar interchange format)
 */

const BLOCK = 512

/** [offset, length] of the fields of a header. */
const FIELD = { name: [0, 100], mode: [100, 8], uid: [108, 8], gid: [116, 8], size: [124, 12], mtime: [136, 12], sum: [148, 8] } as const

export interface TarEntry {
  name: string
  /** In bytes. */
  size: number
}

/** What stands before a file's bytes. @param at milliseconds since 1970 */
export function tarHeader({ name, size }: TarEntry, at: number): Buffer {
  const header = Buffer.alloc(BLOCK)
  const put = ([start, length]: readonly [number, number], text: string) => header.write(text, start, length, 'latin1')
  const octal = (field: readonly [number, number], value: number) => put(field, `${value.toString(8).padStart(field[1] - 1, '0')}\0`)
  put(FIELD.name, name)
  octal(FIELD.mode, 0o600)
  octal(FIELD.uid, 0)
  octal(FIELD.gid, 0)
  // Eight digits more than octal has room for: as a binary number, which GNU, BSD and Python read.
  if (size < 8 ** 11) octal(FIELD.size, size)
  else {
    header[FIELD.size[0]] = 0x80
    header.writeUIntBE(size, FIELD.size[0] + FIELD.size[1] - 6, 6)
  }
  octal(FIELD.mtime, Math.floor(at / 1000))
  header.write('0', 156, 'latin1')
  header.write('ustar\x0000', 257, 'latin1')
  put(FIELD.sum, `${sumOf(header).toString(8).padStart(6, '0')}\0 `)
  return header
}

/** What stands behind a file's bytes, so that the next header begins a block. */
export const tarPadding = (size: number): Buffer => Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK)

/** The end of a tar file. */
export const tarEnd = (): Buffer => Buffer.alloc(2 * BLOCK)

/** Where the bytes of a file go. */
export interface TarSink {
  write(chunk: Buffer): Promise<void>
  end(): Promise<void>
}

/**
 * Reads a tar file, each of its files into what `open` gives for it.
 *
 * @throws Error for what is no tar file, or not all of one
 */
export async function readTar(chunks: AsyncIterable<Buffer>, open: (entry: TarEntry) => Promise<TarSink>): Promise<void> {
  let held: Buffer = Buffer.alloc(0)
  let file: { sink: TarSink; left: number; padding: number } | undefined
  let ended = false
  for await (const chunk of chunks) {
    held = held.length ? Buffer.concat([held, chunk]) : chunk
    while (!ended) {
      if (file) {
        const part = held.subarray(0, file.left)
        if (part.length) await file.sink.write(part)
        file.left -= part.length
        held = held.subarray(part.length)
        if (file.left || held.length < file.padding) break
        held = held.subarray(file.padding)
        await file.sink.end()
        file = undefined
      }
      if (held.length < BLOCK) break
      const header = held.subarray(0, BLOCK)
      held = held.subarray(BLOCK)
      ended = header.every((byte) => byte === 0)
      if (ended) break
      const entry = entryOf(header)
      file = { sink: await open(entry), left: entry.size, padding: tarPadding(entry.size).length }
    }
  }
  if (!ended) throw new Error('it ends in the middle')
}

function entryOf(header: Buffer): TarEntry {
  const textOf = ([start, length]: readonly [number, number]) => header.toString('latin1', start, start + length).replace(/[\0 ].*$/s, '')
  if (Number.parseInt(textOf(FIELD.sum), 8) !== sumOf(header)) throw new Error('a header in it is damaged')
  const type = header.toString('latin1', 156, 157)
  if (type !== '0' && type !== '\0') throw new Error('it holds something else than files')
  const [start, length] = FIELD.size
  const size = header[start] === 0x80 ? header.readUIntBE(start + length - 6, 6) : Number.parseInt(textOf(FIELD.size) || '0', 8)
  return { name: textOf(FIELD.name), size }
}

/** Of all bytes, with blanks in the place of the sum itself. */
function sumOf(header: Buffer): number {
  const [start, length] = FIELD.sum
  return header.reduce((sum, byte, index) => sum + (index >= start && index < start + length ? 0x20 : byte), 0)
}
