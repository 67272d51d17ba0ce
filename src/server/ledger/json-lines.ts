/**
 * Files of JSON, a value a line, that are only ever added to. A process that is killed leaves half a line at most: readers pass over it, and
 * the next writer takes it away.
 *
 * @module
 */
import { open, rename, rm, truncate } from 'node:fs/promises'
import { tryParse } from '../../core/json.ts'

/** Nobody else on this machine is to read what people asked. */
const OWN = 0o600
const LF = 0x0a
const CHUNK = 256 * 1024
/** Lines that are copied at a time. */
const BATCH = 1000

/** The lines of a file, as text; none of one that is not there. `wanted` sees each line before it is read: a look is cheaper than a parse. */
export async function* readLines(path: string, wanted: (line: string) => boolean = () => true): AsyncGenerator {
  const file = await open(path, 'r').catch(absent)
  if (!file) return
  try {
    const decoder = new TextDecoder()
    const buffer = new Uint8Array(CHUNK)
    let rest = ''
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, CHUNK)
      if (!bytesRead) return
      const lines = (rest + decoder.decode(buffer.subarray(0, bytesRead), { stream: true })).split('\n')
      rest = lines.pop()!
      for (const line of lines) {
        const value = line && wanted(line) ? tryParse(line) : undefined
        if (value !== undefined) yield value
      }
    }
  } finally {
    await file.close()
  }
}

/** Adds values to a file, all or none: what was written of them before a disk was full is taken away. */
export async function appendLines(path: string, values: readonly unknown[]): Promise<void> {
  const file = await open(path, 'a', OWN)
  try {
    const { size } = await file.stat()
    try {
      await file.appendFile(values.map((value) => `${JSON.stringify(value)}\n`).join(''))
    } catch (error) {
      await file.truncate(size).catch(() => {}) // then half a line is left, which readers pass over
      throw error
    }
  } finally {
    await file.close()
  }
}

/** Writes a file anew with the values that are kept. Gives how many were not. */
export async function keepLines(path: string, isKept: (value: unknown) => boolean): Promise<number> {
  const temporary = `${path}.new`
  await rm(temporary, { force: true })
  let gone = 0
  const kept: unknown[] = []
  for await (const value of readLines(path)) {
    if (!isKept(value)) gone++
    else if (kept.push(value) >= BATCH) await appendLines(temporary, kept.splice(0))
  }
  if (gone) {
    await appendLines(temporary, kept)
    await rename(temporary, path)
  } else await rm(temporary, { force: true })
  return gone
}

/** Takes half a line away that a process left which was killed, so that what is added next has a line of its own. */
export async function repairLines(path: string): Promise<void> {
  const file = await open(path, 'r').catch(absent)
  if (!file) return
  let whole: number
  let size: number
  try {
    ;({ size } = await file.stat())
    whole = size
    const buffer = new Uint8Array(CHUNK)
    while (whole > 0) {
      const from = Math.max(0, whole - CHUNK)
      const { bytesRead } = await file.read(buffer, 0, whole - from, from)
      const end = buffer.subarray(0, bytesRead).lastIndexOf(LF)
      whole = end < 0 ? from : from + end + 1
      if (end >= 0) break
    }
  } finally {
    await file.close()
  }
  if (whole < size) await truncate(path, whole)
}

function absent(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
}
