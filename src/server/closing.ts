/**
 * Ending a server: it says that it is not ready, takes nothing new, lets what is being answered end, and breaks off the rest.
 *
 * @module
 */
import type { Server } from 'node:http'

/** What closing needs of a server. */
export interface Closable {
  close(closeAll?: boolean): Promise<void>
}

/** Ends an answer with an error that the client understands, or breaks its connection. */
export type Interrupt = () => void

export interface Closing {
  /** `open`: all is well; `leaving`: new requests are still answered, load balancers should send none; `closing`: they are refused. */
  readonly phase: 'open' | 'leaving' | 'closing'
  /** Tells of a request that is being answered; the function returned, that it is no more. */
  board(interrupt: Interrupt): () => void
  /** Always resolves. */
  close(): Promise<void>
}

export interface ClosingOptions {
  server: Closable
  /** Node's own server, where there is one. */
  node: Server | undefined
  /** Milliseconds in which new requests are answered although the server says that it is not ready. */
  leaveMs: number
  /** Milliseconds that requests in flight are given after that. */
  graceMs: number
}

/** How long the clients' last words may take. */
const LAST_WORDS_MS = 100

export function createClosing({ server, node, leaveMs, graceMs }: ClosingOptions): Closing {
  const flights = new Set<Interrupt>()
  let phase: Closing['phase'] = 'open'
  // Node waits for connections that were opened ahead and never used, and for those that fall idle after closing has begun.
  const sweep = () => {
    if (flights.size) node?.closeIdleConnections()
    else node?.closeAllConnections()
  }
  const close = async () => {
    if (leaveMs) {
      phase = 'leaving'
      await within(leaveMs)
    }
    phase = 'closing'
    const closed = server.close().catch(() => {})
    const sweeping = setInterval(sweep, 25)
    await within(graceMs, closed)
    for (const interrupt of flights) interrupt()
    if (node) await within(LAST_WORDS_MS, closed)
    clearInterval(sweeping)
    // Deno has no way to cut its connections: there the wait alone is bounded.
    await within(
      LAST_WORDS_MS,
      server.close(true).catch(() => {}),
    )
  }
  let closing: Promise<void> | undefined
  return {
    get phase() {
      return phase
    },
    board(interrupt) {
      flights.add(interrupt)
      return () => flights.delete(interrupt)
    },
    close: () => (closing ??= close()),
  }
}

/** Resolves after `ms`, or with `promise`. */
async function within(ms: number, promise: Promise<void> = new Promise(() => {})): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  await Promise.race([promise, new Promise((resolve) => (timer = setTimeout(resolve, ms)))])
  clearTimeout(timer)
}
