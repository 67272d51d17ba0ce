/**
 * The servers that run on this machine for this user. Each notes itself in a file that nobody else can read; what the file says is
 * believed only while the server itself confirms it at `/health`, so that no stale file and no process with a number used again counts.
 *
 * @module
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { version } from '../version.ts'
import type { Call } from './command.ts'
import type { ConfigInUse } from './config-in-use.ts'
import type { OpenServer } from './open-server.ts'
import { stateFolder } from './state-folder.ts'

export interface ServerRecord {
  pid: number
  url: string
  port: number
  instance: string
  /** A key for this user's programs, where the server asks for keys. */
  token?: string
  /** The configuration file; absent: the environment. */
  config?: string
  version: string
  /** As ISO 8601 has it. */
  startedAt: string
  /** What it was started with. */
  flags: Readonly<Record<string, string | undefined>>
}

const folder = () => join(stateFolder(), 'servers')
const fileOf = (instance: string) => join(folder(), `${instance}.json`)

interface Note {
  /** Writes it again, as the server is now. */
  renew: () => void
  remove: () => void
}

/** Notes a server. Where nothing can be written the server runs all the same. */
export function recordServer(server: OpenServer, { path }: ConfigInUse, flags: Call['flags']): Note {
  const { url, port, instance } = server
  const startedAt = new Date().toISOString()
  const written = (): string => {
    const { token } = server
    const record: ServerRecord = {
      pid: process.pid,
      url,
      port,
      instance,
      ...(token !== undefined && { token }),
      ...(path !== undefined && { config: path }),
      version,
      startedAt,
      flags,
    }
    return JSON.stringify(record)
  }
  const file = fileOf(instance)
  try {
    mkdirSync(folder(), { recursive: true, mode: 0o700 })
    writeFileSync(file, written(), { mode: 0o600, flag: 'wx' })
  } catch {
    return { renew: () => {}, remove: () => {} }
  }
  let isRemoved = false
  return {
    renew() {
      if (isRemoved) return
      // Never half of it: who reads that would start another server.
      const next = `${file}.new`
      try {
        writeFileSync(next, written(), { mode: 0o600, flag: 'wx' })
        renameSync(next, file)
      } catch {
        rmSync(next, { force: true })
      }
    },
    remove() {
      isRemoved = true
      rmSync(file, { force: true })
    },
  }
}

/** Those that are noted and answer, the latest last. Notes of servers that are gone are removed. */
export async function runningServers(): Promise<ServerRecord[]> {
  const found = await Promise.all(
    readRecords().map(async (record) => {
      const is = await confirm(record)
      if (is === 'gone') rmSync(fileOf(record.instance), { force: true })
      return is === 'here' ? [record] : []
    }),
  )
  return found.flat().toSorted((a, b) => a.startedAt.localeCompare(b.startedAt))
}

function readRecords(): ServerRecord[] {
  let names: string[]
  try {
    names = readdirSync(folder())
  } catch {
    return []
  }
  return names.flatMap((name) => {
    try {
      const record = JSON.parse(readFileSync(join(folder(), name), 'utf8')) as ServerRecord
      // A folder that others could write to would have us signal any process.
      return typeof record.pid === 'number' && URL.canParse(record.url) && name === `${record.instance}.json` ? [record] : []
    } catch {
      // It is just being written or removed.
      return []
    }
  })
}

const ANSWER_MS = 3000

/** `silent`: something is there and does not answer. */
async function confirm({ pid, url, instance }: ServerRecord): Promise<'here' | 'silent' | 'gone'> {
  if (!isAlive(pid)) return 'gone'
  try {
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(ANSWER_MS), redirect: 'error' })
    const told = (await response.json()) as { instance?: unknown } | null
    return told?.instance === instance ? 'here' : 'gone'
  } catch (error) {
    const { cause } = error as { cause?: { code?: string } }
    return cause?.code === 'ECONNREFUSED' ? 'gone' : 'silent'
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    // One that has ended, and whose parent does not ask for its end, is listed still.
    return process.platform !== 'linux' || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Has a server stop; one that has not after `timeoutMs` is killed. Resolves with whether it had to be. */
export async function stopServer({ pid, instance }: ServerRecord, timeoutMs: number): Promise<{ killed: boolean }> {
  process.kill(pid, 'SIGTERM')
  for (const end = Date.now() + timeoutMs; Date.now() < end; await wait(50)) if (!isAlive(pid)) return { killed: false }
  process.kill(pid, 'SIGKILL')
  while (isAlive(pid)) await wait(50)
  rmSync(fileOf(instance), { force: true })
  return { killed: true }
}
