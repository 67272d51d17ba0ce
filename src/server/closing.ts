/**
 * Ending a server: what is being answered may finish, everything else goes at once.
 *
 * @module
 */
import type { Server } from 'node:http'

/** What closing needs of a server. */
export interface Closable {
  close(closeAll?: boolean): Promise<void>
}

/**
 * Returns the function that closes a server, within `graceMs` and a little more. Always resolves.
 *
 * @param node Node's own server, where there is one
 */
export function createClosing(server: Closable, node: Server | undefined, graceMs: number): () => Promise<void> {
  let inFlight = 0
  node?.on('request', (_, response) => {
    inFlight++
    response.once('close', () => inFlight--)
  })
  // Node waits for connections that were opened ahead and never used, and for those that fall idle after closing has begun.
  const sweep = () => {
    if (inFlight) node?.closeIdleConnections()
    else node?.closeAllConnections()
  }
  let closing: Promise<void> | undefined
  const close = async () => {
    const closed = server.close().catch(() => {})
    const sweeping = setInterval(sweep, 25)
    await within(graceMs, closed)
    clearInterval(sweeping)
    // Deno has no way to cut its connections: there the wait alone is bounded.
    await within(
      100,
      server.close(true).catch(() => {}),
    )
  }
  return () => (closing ??= close())
}

async function within(ms: number, promise: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  await Promise.race([promise, new Promise((resolve) => (timer = setTimeout(resolve, ms)))])
  clearTimeout(timer)
}
