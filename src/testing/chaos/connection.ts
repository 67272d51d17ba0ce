/**
 * Broken connections, as Node's fetch reports them: a `TypeError` whose cause has the system's code.
 * @see https://nodejs.org/api/errors.html#common-system-errors
 * @see https://undici.nodejs.org/#/docs/api/Errors
 *
 * @module
 */
import type { ConnectionFaultName } from './fault.ts'

interface Cause {
  code: string
  message: string
  name?: string
  [field: string]: unknown
}

const causes: Record<Exclude<ConnectionFaultName, 'hang' | 'reset'> | 'reset-sending' | 'reset-waiting', (host: string) => Cause> = {
  refuse: (host) => ({ code: 'ECONNREFUSED', message: `connect ECONNREFUSED ${host}`, errno: -111, syscall: 'connect' }),
  dns: (host) => ({
    code: 'ENOTFOUND',
    message: `getaddrinfo ENOTFOUND ${host.replace(/:\d+$/, '')}`,
    errno: -3008,
    syscall: 'getaddrinfo',
    hostname: host.replace(/:\d+$/, ''),
  }),
  tls: () => ({ code: 'CERT_HAS_EXPIRED', message: 'certificate has expired' }),
  'connect-timeout': (host) => ({
    code: 'UND_ERR_CONNECT_TIMEOUT',
    name: 'ConnectTimeoutError',
    message: `Connect Timeout Error (attempted address: ${host}, timeout: 10000ms)`,
  }),
  'reset-sending': () => ({ code: 'EPIPE', message: 'write EPIPE', errno: -32, syscall: 'write' }),
  'reset-waiting': () => ({ code: 'ECONNRESET', message: 'read ECONNRESET', errno: -104, syscall: 'read' }),
  'hang-up': () => ({ code: 'UND_ERR_SOCKET', name: 'SocketError', message: 'other side closed' }),
}

/** The error of a fetch that got no answer from `url`. */
export function noAnswer(kind: keyof typeof causes, url: string): TypeError {
  return new TypeError('fetch failed', { cause: errorOf(causes[kind](new URL(url).host)) })
}

/** The error of a body whose connection broke. */
export const brokenBody = (): TypeError => new TypeError('terminated', { cause: errorOf(causes['reset-waiting']('')) })

function errorOf({ message, name, ...fields }: Cause): Error {
  const error = Object.assign(new Error(message), fields)
  if (name) error.name = name
  return error
}
