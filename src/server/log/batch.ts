/**
 * The lines of a moment in one write: a write for each costs 30 us of a request.
 *
 * @module
 */

export interface Batch {
  add(text: string): void
  /** Writes what is waiting. */
  flush(): void
}

/** How long a line waits for others, in milliseconds. */
const BATCH_MS = 100

/**
 * Lines wait for 100 ms at most; the process writes what is left when it ends.
 *
 * @param writeNow writes before it returns: when the process ends nothing is waited for any more. Default: `write`
 */
export function createBatch(write: (text: string) => void, writeNow = write): Batch {
  let waiting = ''
  let timer: NodeJS.Timeout | undefined
  const give = (to: (text: string) => void) => {
    clearTimeout(timer)
    timer = undefined
    process.off('exit', atExit)
    const text = waiting
    waiting = ''
    if (text) to(text)
  }
  const flush = () => give(write)
  const atExit = () => give(writeNow)
  return {
    add(text) {
      waiting += text
      if (timer) return
      timer = setTimeout(flush, BATCH_MS)
      timer.unref()
      process.once('exit', atExit)
    },
    flush,
  }
}
