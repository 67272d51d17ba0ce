/**
 * A folder of a WebDAV server: the handful of requests that backups take. Packages for this bring a dozen others with them, follow redirects with
 * the password, and hold whole files in memory.
 *
 * @module
 * @see https://www.rfc-editor.org/rfc/rfc4918
 */
import type { Clock } from '../../core/clock.ts'
import { fail, isFailureError } from '../../core/failure.ts'
import type { Fetch } from '../../router/fetch.ts'
import { createRedactor } from '../log/redact.ts'
import { pathOf, PROPFIND_BODY, readMultistatus, type RemoteEntry } from './multistatus.ts'
import { textWithin } from './text-within.ts'
import { refuseAnswer, unreachable } from './webdav-refusal.ts'

export interface WebdavOptions {
  /** The folder, as an absolute URL without user and password. */
  url: string
  username?: string
  password?: string
  fetch: Fetch
  clock: Clock
  /** Milliseconds that a request may take, besides what it takes to carry a file. Default 60 000. */
  timeoutMs?: number
}

/** A folder at a server. Everything in it rejects with a FailureError that says what to do. */
export interface Webdav {
  /** Makes the folder, and those around it, where they are not there. */
  prepare(): Promise<void>
  /** What is in the folder; nothing where there is no such folder yet. */
  list(): Promise<RemoteEntry[]>
  put(name: string, body: Blob): Promise<void>
  /** @param size how many bytes are expected, as far as that is known */
  get(name: string, size: number | undefined, take: (body: ReadableStream<Uint8Array>) => Promise<void>): Promise<void>
  /** Gives a file another name; nothing that is there already is replaced. */
  rename(from: string, to: string): Promise<void>
  /** Does nothing where it is not there. */
  remove(name: string): Promise<void>
}

const TIMEOUT_MS = 60_000
/** Slower than this a file is not carried. */
const BYTES_PER_MS = 16
/** A folder of some ten thousand files. */
const MAX_LISTING = 16 * 1024 * 1024

interface Ask {
  method: string
  url?: string
  headers?: Record<string, string>
  body?: Blob | string
  /** Bytes that are carried besides. */
  bytes?: number
}

export function createWebdav({ url, username = '', password = '', fetch, clock, timeoutMs = TIMEOUT_MS }: WebdavOptions): Webdav {
  const folder = new URL(url.endsWith('/') ? url : `${url}/`)
  const fileUrl = (name: string) => new URL(encodeURIComponent(name), folder).href
  const credentials: Record<string, string> = username || password ? { authorization: basic(username, password) } : {}

  // Some servers repeat what they were sent.
  const hide = createRedactor({ 'backup password': password, credentials: basic(username, password).slice('Basic '.length) })
  const refuse = (response: Response, method: string, at = folder.href) => refuseAnswer(response, { method, url: at, hide })

  /** Sends one request, and gives what `take` makes of the answer, all of it within the time that it may take. */
  const ask = async <T>(
    { method, url = folder.href, headers, body, bytes = 0 }: Ask,
    take: (response: Response) => T | Promise<T>,
  ): Promise<T> => {
    const over = new AbortController()
    const limit = timeoutMs + bytes / BYTES_PER_MS
    const timer = clock.after(limit, () => over.abort(new Error(`it did not answer within ${Math.round(limit / 1000)} s`)))
    try {
      const response = await fetch(url, {
        method,
        headers: { ...credentials, ...headers },
        ...(body !== undefined && { body }),
        signal: over.signal,
        // Where it leads is nobody that the password was meant for.
        redirect: 'manual',
      })
      return await take(response)
    } catch (error) {
      if (isFailureError(error)) throw error
      throw unreachable(over.signal.aborted ? over.signal.reason : error, method, url)
    } finally {
      timer()
    }
  }
  /** Asks for what succeeds with any 2xx, or one of `others`; gives the status. */
  const settle = (call: Ask, others: readonly number[] = []): Promise<number> =>
    ask(call, async (response) => {
      if (!response.ok && !others.includes(response.status)) await refuse(response, call.method, call.url)
      await response.body?.cancel()
      return response.status
    })
  const makeFolder = async (at: URL): Promise<void> => {
    // 405: it is there. 409: the one around it is not.
    const status = await settle({ method: 'MKCOL', url: at.href }, [405, 409])
    if (status !== 409) return
    const around = new URL('..', at)
    if (around.pathname === at.pathname)
      fail({
        kind: 'not-found',
        status: 502,
        message: `The WebDAV server has no folder ${at.pathname}, and makes none (409). Make it by hand.`,
      })
    await makeFolder(around)
    await settle({ method: 'MKCOL', url: at.href }, [405])
  }

  const list = (): Promise<RemoteEntry[]> =>
    ask(
      { method: 'PROPFIND', headers: { depth: '1', 'content-type': 'application/xml; charset=utf-8' }, body: PROPFIND_BODY },
      async (response) => {
        if (response.status === 404) return response.body?.cancel().then(() => []) ?? []
        if (response.status !== 207) return refuse(response, 'PROPFIND')
        const text = await textWithin(response, MAX_LISTING, 'The list of the WebDAV server')
        try {
          return readMultistatus(text, folder.href).filter(({ path }) => path !== pathOf(folder))
        } catch (error) {
          return fail({
            kind: 'bad-response',
            message: `What ${folder.origin} answered to PROPFIND cannot be read: ${(error as Error).message}. Is "backup.url" the address of a WebDAV folder?`,
          })
        }
      },
    )

  return {
    list,
    async prepare() {
      const status = await settle({ method: 'PROPFIND', headers: { depth: '0' }, body: PROPFIND_BODY }, [404, 409])
      if (status !== 207) await makeFolder(folder)
    },
    put: async (name, body) => void (await settle({ method: 'PUT', url: fileUrl(name), body, bytes: body.size, headers: BINARY })),
    get: (name, size = 0, take) =>
      ask({ method: 'GET', url: fileUrl(name), bytes: size, headers: { 'accept-encoding': 'identity' } }, async (response) => {
        if (response.status !== 200) return refuse(response, 'GET', fileUrl(name))
        await take(response.body ?? new Blob().stream())
      }),
    async rename(from, to) {
      const move = (destination: string, others: readonly number[] = []) =>
        settle({ method: 'MOVE', url: fileUrl(from), headers: { destination, overwrite: 'F' } }, others)
      // Behind a proxy that ends TLS some servers take the whole address for another server's: 400 or 502. They know the path.
      const status = await move(fileUrl(to), [400, 502])
      if (status >= 400) await move(new URL(fileUrl(to)).pathname)
    },
    remove: async (name) => void (await settle({ method: 'DELETE', url: fileUrl(name) }, [404])),
  }
}

const BINARY = { 'content-type': 'application/octet-stream' }

/** @see https://www.rfc-editor.org/rfc/rfc7617 */
const basic = (username: string, password: string): string => `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
