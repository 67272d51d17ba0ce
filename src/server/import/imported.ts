/**
 * What an import gives, and the parts that all of them make alike.
 *
 * @module
 */
import type { Path } from '../config/problem.ts'
import type { ConfigInput } from '../config/schema.ts'
import { isLoopback } from '../safety/guard.ts'
import { isFields, type Note, type Section } from './section.ts'

/** What one configuration became. */
export interface Imported {
  config: ConfigInput
  /** What could not be carried over, or is otherwise now. */
  notes: readonly Note[]
  /** Words of the old file that stand as comments in the new one. */
  comments: readonly Comment[]
}

export interface Comment {
  /** Above what. */
  path: Path
  text: string
}

export type EndpointInput = ConfigInput['endpoints'][string]
type ServerInput = NonNullable<ConfigInput['server']>
type LogLevel = NonNullable<ConfigInput['log']>['level']

/** Fields without those that are absent, or objects without fields. */
export const filled = <T extends object>(fields: T): T =>
  Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && !(isFields(value) && Object.keys(value).length === 0)),
  ) as T

/** Gives each endpoint and pool a name that is legal, and that no other one has. Tells `section` of one that changes. */
export function createNames(): (name: string | undefined, fallback: string, section?: Section) => string {
  const taken = new Set<string>()
  return (name, fallback, section) => {
    const plain = (name ?? fallback).replaceAll(/[^\w.-]+/g, '-').replaceAll(/^-+|-+$/g, '') || fallback
    let free = plain
    for (let next = 2; taken.has(free.toLowerCase()); next++) free = `${plain}-${next}`
    taken.add(free.toLowerCase())
    if (name !== undefined && free !== name)
      section?.note(`is called ${free} now: names have letters, digits, ".", "-" and "_" only, and no two are alike`, 'name')
    return free
  }
}

const REFERENCE = /(^|[^$])\$(\$\$)*[{A-Z_]/

/** Where a provider is. An address that cannot be one switches it off. */
export function addressOf(section: Section, ...names: string[]): Pick<EndpointInput, 'baseUrl' | 'enabled'> {
  const said = section.text(...names)
  const name = names.find((one) => section.says(one)) ?? names[0]!
  const off = (baseUrl: string, reason: string) => {
    section.note(`${reason}: the endpoint is switched off. Put it right, and remove "enabled: false"`, name)
    return { baseUrl, enabled: false }
  }
  if (said === undefined) return off('https://address.invalid', 'there is no address')
  const baseUrl = /^[a-z][a-z\d+.-]*:\/\//i.test(said) || REFERENCE.test(said) ? said : `https://${said}`
  if (REFERENCE.test(baseUrl)) return { baseUrl }
  if (!/^https?:\/\/[^/]/i.test(baseUrl) || !URL.canParse(baseUrl)) return off('https://address.invalid', 'is not an address')
  const url = new URL(baseUrl)
  if (!url.username && !url.password) return { baseUrl }
  url.username = url.password = ''
  return off(url.href, 'a password in an address is not carried over, for addresses end up in logs')
}

/** A key that a header can carry. */
export function secretIn(section: Section, ...names: string[]): string | undefined {
  const key = section.text(...names)
  if (key === undefined) return undefined
  const fault = faultOf(key)
  if (fault)
    section.note(
      `${fault}, and is not carried over: write the key as it is meant`,
      names.find((one) => section.says(one)),
    )
  return fault ? undefined : key
}

/** The keys of one provider. */
export function secretsIn(section: Section, name: string): string[] {
  const keys = [...new Set(section.texts(name))]
  return keys.filter((key) => {
    const fault = faultOf(key)
    if (fault) section.note(`one of them ${fault}, and is not carried over`, name)
    return !fault
  })
}

function faultOf(key: string): string | undefined {
  if (key.startsWith('file:')) return 'begins with "file:", which names a file here'
  return /^[\x21-\x7e]+$/.test(key) ? undefined : 'has characters that no header carries'
}

/** One key, or several. */
export const keysOf = (keys: readonly string[]): Pick<EndpointInput, 'apiKey' | 'apiKeys'> =>
  keys.length > 1 ? { apiKeys: [...keys] } : filled({ apiKey: keys[0] })

export interface ClientKey {
  name: string
  key: string | undefined
  /** Where it stood. */
  section: Section
  field: string
}

const MIN_KEY_LENGTH = 16

/** How the server listens. Keys that can be guessed are left out, and without keys it stays on this machine. */
export function serverOf(
  top: Section,
  {
    host,
    clientKeys = [],
    ...rest
  }: Omit<ServerInput, 'keys' | 'host'> & { host?: { section: Section; field: string }; clientKeys?: readonly ClientKey[] },
): ServerInput {
  const seen = new Set<string>()
  const names = new Set<string>()
  const keys = clientKeys.flatMap(({ name, key, section, field }) => {
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
    return [{ name: free, key }]
  })
  const address = host?.section.text(host.field)
  const open = address !== undefined && !isLoopback(address) && !REFERENCE.test(address)
  if (open && !keys.length)
    (host?.section ?? top).note(
      'cc-route listens on 127.0.0.1 only as long as it asks for no key. Set "server.keys", then "server.host"',
      host?.field,
    )
  return filled({ ...rest, host: open && !keys.length ? undefined : address, ...(keys.length && { keys }) })
}

/** A port that can be listened on. */
export function portOf(section: Section, name: string, usual: number): number {
  const port = section.number(name) ?? usual
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  section.note(`is not a port from 0 to 65535: ${usual} is taken`, name)
  return usual
}

/** A whole number from 1 up. */
export function countOf(section: Section, name: string): number | undefined {
  const found = section.number(name)
  if (found === undefined || (Number.isInteger(found) && found >= 1)) return found
  if (found !== 0) section.note('is not a whole number from 1 up, and is not carried over', name)
  return undefined
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

export function levelOf(section: Section, name: string): LogLevel {
  const said = section.text(name)
  const level = LEVELS[said?.toLowerCase() ?? '']
  if (said !== undefined && !level) section.note('is no level that cc-route has: silent, error, warn, info or debug', name)
  return level
}

/** All of these, as one target: a pool where they are several. */
export function poolOf(
  name: string,
  members: readonly string[],
  options: Omit<NonNullable<ConfigInput['pools']>[string], 'members'> = {},
): { pools: NonNullable<ConfigInput['pools']>; target: string | undefined } {
  if (members.length < 2) return { pools: {}, target: members[0] }
  return { pools: { [name]: { members: [...members], ...filled(options) } }, target: name }
}

/** Models as clients may name them at an endpoint: listed to clients, and no rule of their own for the model's bare name. */
export const listed = (endpoint: string, models: readonly string[]): EndpointInput['models'] =>
  Object.fromEntries(models.map((model) => [`${endpoint}/${model}`, model]))
