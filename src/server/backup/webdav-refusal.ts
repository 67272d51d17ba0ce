/**
 * What a WebDAV server refuses with, in words that say what to do.
 *
 * @module
 */
import { fail, FailureError, isFailureError, type FailureKind } from '../../core/failure.ts'
import { oneLine } from '../log/text.ts'
import { textWithin } from './text-within.ts'

/** For our own callers it is the way to somebody else that failed, never their own right to ask. */
const STATUS = 502
const SNIPPET = 200

const WORDS: Readonly<Record<number, readonly [kind: FailureKind, advice: string]>> = {
  401: [
    'authentication',
    'it refuses the user or the password. Look at "backup.username" and "backup.password"; some servers want an app password',
  ],
  403: ['permission', 'the user may not do that there. Look at "backup.url" and the rights of the user'],
  404: ['not-found', 'there is no such file or folder'],
  405: ['unsupported', 'it does not take this request. Is "backup.url" the address of a WebDAV folder?'],
  409: ['not-found', 'the folder around it is not there'],
  412: ['bad-response', 'there is a file of that name already'],
  413: ['too-large', 'the backup is larger than it takes'],
  423: ['bad-response', 'the file is locked by somebody. Try again later'],
  429: ['rate-limit', 'it was asked too often. Try again later'],
  501: ['unsupported', 'it does not know this request. Is "backup.url" the address of a WebDAV folder?'],
  507: ['too-large', 'it has no room left. Remove old backups there, or lower "backup.keep"'],
}

/** @throws FailureError always */
export async function refuseAnswer(
  response: Response,
  { method, url, hide }: { method: string; url: string; hide: (text: string) => string },
): Promise<never> {
  const { status, headers } = response
  const where = `${method} ${placeOf(url)}`
  if (status >= 300 && status < 400) {
    await response.body?.cancel()
    const to = headers.get('location') ?? ''
    const target = URL.canParse(to, url) ? placeOf(new URL(to, url).href) : 'elsewhere'
    fail({
      kind: 'bad-response',
      status: STATUS,
      message: `The WebDAV server sends ${where} on to ${target} (${status}). A password is not sent after it: if that address is right, write it as "backup.url".`,
    })
  }
  const asksFor = headers.get('www-authenticate') ?? ''
  const said = hide(oneLine(await textWithin(response, 64 * 1024, 'Its answer').catch(() => ''))).trim()
  const [kind, advice] = WORDS[status] ?? [status >= 500 ? 'server-error' : 'bad-response', '']
  const scheme =
    status === 401 && asksFor && !/\bbasic\b/i.test(asksFor)
      ? ` It asks for ${oneLine(asksFor.split(' ')[0]!)}, and only Basic is spoken here.`
      : ''
  const detail = !advice && said && !said.startsWith('<') ? ` ${said.slice(0, SNIPPET)}` : ''
  return fail({
    kind,
    status: STATUS,
    message: `The WebDAV server answered ${where} with ${status}${advice ? `: ${advice}.` : '.'}${scheme}${detail}`,
  })
}

/** An error of the connection. */
export function unreachable(error: unknown, method: string, url: string): FailureError {
  if (isFailureError(error)) return error
  const { message, cause } = error as Error
  const reason = cause instanceof Error ? cause.message || (cause as NodeJS.ErrnoException).code : message
  return new FailureError(
    {
      kind: 'network',
      status: STATUS,
      message: `The WebDAV server could not be reached (${method} ${placeOf(url)}): ${reason ?? String(error)}.`,
    },
    { cause: error },
  )
}

/** An address without what may be secret in it. */
function placeOf(url: string): string {
  const { origin, pathname } = new URL(url)
  return `${origin}${pathname}`
}
