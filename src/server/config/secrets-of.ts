/**
 * The secrets of a configuration, by the names that stand for them where they must not be shown.
 *
 * @module
 */
import type { Config } from './settle.ts'

const SECRET_HEADER = /auth|key|token|secret|cookie/i

export function secretsOf({ endpoints, server, backup = {} }: Config): [name: string, secret: string][] {
  const ofEndpoints = Object.entries(endpoints).flatMap(([name, { keys, headers = {}, proxy }]) => [
    ...keys.map(({ key, name: own }, index): [string, string] => [`${name} ${own ?? `key-${index + 1}`}`, key]),
    ...Object.entries(headers).flatMap(([header, value]): [string, string][] =>
      SECRET_HEADER.test(header) ? [[`${name} ${header}`, value]] : [],
    ),
    ...passwordOf(proxy, `${name} proxy`),
  ])
  const ofServer = (server.keys ?? []).flatMap(({ name, key, previous }): [string, string][] => [
    [`key of ${name}`, key],
    ...(previous ? ([[`key of ${name}`, previous.key]] as [string, string][]) : []),
  ])
  return [
    ...ofEndpoints,
    ...ofServer,
    ...(server.adminKey === undefined ? [] : [['admin key', server.adminKey] as [string, string]]),
    ...(typeof server.metrics === 'object' ? [['metrics key', server.metrics.key] as [string, string]] : []),
    ...passwordOf(server.proxy, 'proxy'),
    ...ofBackup(backup),
  ]
}

/** In the header of a request the password stands in another form, with the user before it. */
function ofBackup({ username = '', password, passphrase, proxy }: NonNullable<Config['backup']>): [string, string][] {
  return [
    ...(password === undefined
      ? []
      : ([
          ['backup password', password],
          ['backup password', btoa(String.fromCharCode(...new TextEncoder().encode(`${username}:${password}`)))],
        ] as [string, string][])),
    ...(passphrase === undefined ? [] : ([['backup passphrase', passphrase]] as [string, string][])),
    ...passwordOf(proxy, 'backup proxy'),
  ]
}

function passwordOf(proxy: string | undefined, name: string): [string, string][] {
  const password = proxy !== undefined && URL.canParse(proxy) ? new URL(proxy).password : ''
  return password ? [[`password of ${name}`, plain(password)]] : []
}

function plain(encoded: string): string {
  try {
    return decodeURIComponent(encoded)
  } catch {
    return encoded
  }
}
