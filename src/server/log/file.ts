/**
 * A log in files: written behind the requests' backs, put aside when it is full, readable by its owner alone.
 *
 * @module
 */
import { closeSync, constants, fchmodSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, write, writeSync } from 'node:fs'
import { dirname } from 'node:path'

export interface LogFile {
  write(text: string): void
  /** Writes what waits and this before it returns. */
  writeNow(text: string): void
  /** Resolves once everything is written. */
  close(): Promise<void>
}

export interface LogFileOptions {
  path: string
  /** Default 10 MB. */
  maxBytes?: number
  /** How many files that were put aside are kept, as `path.1`, `path.2` … Default 5. */
  keep?: number
}

/** Held at most while the disk is slower than the requests: what is more is lost, and the log says so. */
const MAX_WAITING = 8 * 1024 * 1024
/** A link could lead the log into a file of somebody else's. */
const FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0)

/** @throws where the file cannot be opened: it is a link, or not ours to write */
export function openLogFile({ path, maxBytes = 10_000_000, keep = 5 }: LogFileOptions): LogFile {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  let file = openPrivate(path)
  let size = fstatSync(file).size
  let waiting = ''
  let lost = 0
  let writing: Promise<void> | undefined

  const rotate = () => {
    // The next one first: where it cannot be opened this one goes on. Its number must not be written to once it may be somebody else's.
    const next = openPrivate(`${path}.new`)
    try {
      rmSync(`${path}.${keep}`, { force: true })
      for (let i = keep - 1; i >= 1; i--) renameIfThere(`${path}.${i}`, `${path}.${i + 1}`)
      if (keep) renameIfThere(path, `${path}.1`)
      renameSync(`${path}.new`, path)
    } catch (error) {
      closeSync(next)
      throw error
    }
    closeSync(file)
    file = next
    size = fstatSync(file).size
  }
  const rotateIfPossible = () => {
    try {
      rotate()
    } catch {
      // A log that is too long is better than none.
    }
  }
  const drain = async () => {
    while (waiting) {
      const text = lost ? `${waiting}${lossLine(lost)}` : waiting
      const lines = linesIn(waiting) + lost
      waiting = ''
      lost = 0
      const bytes = Buffer.from(text)
      if (size && size + bytes.length > maxBytes) rotateIfPossible()
      // A disk that is full must end no request: the lines are lost.
      await writeAll(file, bytes, (written) => (size += written)).catch(() => void (lost += lines))
    }
  }
  return {
    write(text) {
      if (waiting.length > MAX_WAITING) lost += linesIn(text)
      else waiting += text
      writing ??= drain().finally(() => (writing = undefined))
    },
    writeNow(text) {
      try {
        size += writeSync(file, waiting + text)
        waiting = ''
      } catch {
        // A disk that is full must not keep a process from ending.
      }
    },
    async close() {
      while (writing) await writing
      closeSync(file)
    },
  }
}

function openPrivate(path: string): number {
  const file = openSync(path, FLAGS, 0o600)
  // One that was there before may have been readable by all.
  fchmodSync(file, 0o600)
  return file
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

const linesIn = (text: string): number => text.split('\n').length - 1

const lossLine = (lines: number): string => `{"level":"warn","message":"the disk was full or too slow: ${lines} lines were lost here"}\n`

/** `tell` is told of each piece that has been written: of what fails, some may be there. */
async function writeAll(file: number, bytes: Uint8Array, tell: (written: number) => void): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const written = await new Promise<number>((resolve, reject) =>
      write(file, bytes, at, bytes.length - at, null, (error, count) => (error ? reject(error) : resolve(count))),
    )
    at += written
    tell(written)
  }
}
