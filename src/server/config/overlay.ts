/**
 * What is stronger than the file: variables of the environment, and flags over them.
 *
 * @module
 */
import type { Path, Problem } from './problem.ts'
import { didYouMean, suggest } from './suggest.ts'
import type { Variables } from './variables.ts'

/** A value from elsewhere than the file. */
export interface Override {
  path: Path
  value: unknown
  /** Where it is from, for errors: `--port`, `CC_ROUTE_PORT`. */
  origin: string
}

const plain = (value: string): unknown => value
const items = (value: string): unknown =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean)
const flag = (value: string): unknown =>
  ({ true: true, 1: true, yes: true, false: false, 0: false, no: false })[value.toLowerCase()] ?? value
const whole = (value: string): unknown => (/^\d+$/.test(value) ? Number(value) : value)

/** The variables that stand for a field. */
export const VARIABLES: Readonly<Record<string, { path: Path; read: (value: string) => unknown }>> = {
  CC_ROUTE_HOST: { path: ['server', 'host'], read: plain },
  CC_ROUTE_PORT: { path: ['server', 'port'], read: plain },
  CC_ROUTE_KEYS: { path: ['server', 'keys'], read: items },
  CC_ROUTE_HOSTS: { path: ['server', 'hosts'], read: items },
  CC_ROUTE_ORIGINS: { path: ['server', 'origins'], read: items },
  CC_ROUTE_TRUSTED_PROXIES: { path: ['server', 'trustedProxies'], read: items },
  CC_ROUTE_PROXY: { path: ['server', 'proxy'], read: plain },
  CC_ROUTE_GRACE: { path: ['server', 'graceMs'], read: (value) => whole(value) },
  CC_ROUTE_ADMIN_KEY: { path: ['server', 'adminKey'], read: plain },
  CC_ROUTE_ADMIN: { path: ['server', 'admin'], read: flag },
  CC_ROUTE_LOG_LEVEL: { path: ['log', 'level'], read: plain },
  CC_ROUTE_LOG_FORMAT: { path: ['log', 'format'], read: plain },
  CC_ROUTE_LOG_FILE: { path: ['log', 'file'], read: plain },
  CC_ROUTE_LOG_BODIES: { path: ['log', 'bodies'], read: flag },
  CC_ROUTE_BACKUP_URL: { path: ['backup', 'url'], read: plain },
  CC_ROUTE_BACKUP_USERNAME: { path: ['backup', 'username'], read: plain },
  CC_ROUTE_BACKUP_PASSWORD: { path: ['backup', 'password'], read: plain },
  CC_ROUTE_BACKUP_PASSPHRASE: { path: ['backup', 'passphrase'], read: plain },
  CC_ROUTE_DEFAULT: { path: ['routes', 'default'], read: plain },
}

/** Names the configuration file. */
export const CONFIG_VARIABLE = 'CC_ROUTE_CONFIG'

/** What the environment says. A variable that looks like one of these and is none is a doubt: it was meant to do something. */
export function readOverrides(variables: Variables): { overrides: Override[]; doubts: Problem[] } {
  const overrides = Object.entries(VARIABLES).flatMap(([name, { path, read }]) => {
    const value = variables[name]?.trim()
    return value ? [{ path, value: read(value), origin: name }] : []
  })
  const known = [...Object.keys(VARIABLES), CONFIG_VARIABLE]
  const doubts = Object.keys(variables).flatMap((name) =>
    name.startsWith('CC_ROUTE_') && !known.includes(name) && suggest(name, known)
      ? [{ path: [], origin: name, message: `this variable means nothing.${didYouMean(name, known)}` }]
      : [],
  )
  return { overrides, doubts }
}

/** A copy of a configuration with other values in it, the last one stronger. */
export function overlay(value: unknown, overrides: readonly Override[]): unknown {
  return overrides.reduce((at, { path, value: next }) => put(at, path, next), value)
}

function put(value: unknown, [step, ...rest]: Path, next: unknown): unknown {
  if (step === undefined) return next
  // What is no object is a mistake of the file, and stays one.
  if (value !== undefined && (typeof value !== 'object' || value === null || Array.isArray(value))) return value
  return { ...value, [step]: put((value as Record<string, unknown> | undefined)?.[String(step)], rest, next) }
}
