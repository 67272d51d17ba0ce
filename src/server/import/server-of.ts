/**
 * How the server listens and logs, and whom it answers.
 *
 * @module
 */
import type { ConfigInput } from '../config/schema.ts'
import { createProxyChooser } from '../forward-proxy/forward-proxy.ts'
import { isLoopback } from '../safety/guard.ts'
import { faultOf, REFERENCE } from './address-of.ts'
import { filled } from './imported.ts'
import type { Section } from './section.ts'

type ServerInput = NonNullable<ConfigInput['server']>
type LogLevel = NonNullable<ConfigInput['log']>['level']

export interface ClientKey {
  name: string
  key: string | undefined
  /** What it may use, and how much. */
  limits?: Omit<Extract<NonNullable<ServerInput['keys']>[number], { name: string }>, 'name' | 'key'>
  /** Where it stood. */
  section: Section
  field: string
}

const MIN_KEY_LENGTH = 16

/** How the server listens. Keys that can be guessed are left out, and without keys it stays on this machine. */
export function serverOf({
  host,
  clientKeys = [],
  ...rest
}: Omit<ServerInput, 'keys' | 'host'> & { host?: { section: Section; field: string }; clientKeys?: readonly ClientKey[] }): ServerInput {
  const seen = new Set<string>()
  const names = new Set<string>()
  const keys = clientKeys.flatMap(({ name, key, limits, section, field }) => {
    if (key === undefined) return []
    const refuse = (reason: string) => {
      section.note(reason, field)
      return []
    }
    const fault = faultOf(key)
    if (fault) return refuse(`the key of clients ${fault}, and is not carried over: give them another one in "server.keys"`)
    if (key.length < MIN_KEY_LENGTH && !REFERENCE.test(key))
      return refuse(
        `the key of clients has fewer than ${MIN_KEY_LENGTH} characters, and could be guessed: it is not carried over. Give them a longer one in "server.keys"`,
      )
    if (seen.has(key)) return refuse('another one has the same key: it is carried over once')
    seen.add(key)
    let free = name
    for (let next = 2; names.has(free); next++) free = `${name}-${next}`
    names.add(free)
    return [{ name: free, key, ...limits }]
  })
  const address = host?.section.text(host.field)
  const open = address !== undefined && !isLoopback(address) && !REFERENCE.test(address)
  if (open && !keys.length)
    host?.section.note(
      'cc-route listens on 127.0.0.1 only as long as it asks for no key. Set "server.keys", then "server.host"',
      host.field,
    )
  return filled({ ...rest, host: open && !keys.length ? undefined : address, ...(keys.length && { keys }) })
}

/** The proxy between this machine and the providers. */
export function proxyOf(section: Section, ...names: string[]): string | undefined {
  const said = section.text(...names)
  if (said === undefined || REFERENCE.test(said)) return said
  const proxy = said.includes('://') ? said : `http://${said}`
  try {
    createProxyChooser({ proxy })
    return proxy
  } catch {
    section.note(
      'is no proxy that can be used, and is not carried over: write it as http://, https:// or socks5:// into "server.proxy"',
      names.find((name) => section.says(name)),
    )
    return undefined
  }
}

/** A port that can be listened on. */
export function portOf(section: Section, name: string, usual: number): number {
  const port = section.number(name) ?? usual
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  section.note(`is not a port from 0 to 65535: ${usual} is taken`, name)
  return usual
}

/** A whole number from `least` up. */
export function countOf(section: Section, name: string, least = 1): number | undefined {
  const found = section.number(name)
  if (found === undefined || (Number.isSafeInteger(found) && found >= least)) return found
  if (found !== 0) section.note(`is not a whole number from ${least} up, and is not carried over`, name)
  return undefined
}

/** Repetitions after a first attempt, as attempts. */
export function attemptsOf(section: Section, name: string): { attempts?: number } {
  const again = countOf(section, name, 0)
  return again === undefined || again === Number.MAX_SAFE_INTEGER ? {} : { attempts: again + 1 }
}

const LEVELS: Readonly<Record<string, LogLevel>> = {
  trace: 'debug',
  debug: 'debug',
  info: 'info',
  warn: 'warn',
  warning: 'warn',
  error: 'error',
  fatal: 'error',
  critical: 'error',
  silent: 'silent',
}

/** The least important messages that are written. */
export const levelOf = (section: Section, name: string): LogLevel => section.choice(name, LEVELS)
