/**
 * `backup`: copies of the configuration and the ledger, on this machine and at a WebDAV server.
 *
 * @module
 */
import * as v from 'valibot'
import { isLoopback } from '../safety/guard.ts'
import { count, duration, flag, text } from './fields.ts'
import type { Problem } from './problem.ts'
import { secret } from './secret.ts'

const NAME = 'letters, digits, ".", "-" and "_"'

export const Backup = v.pipe(
  v.strictObject(
    {
      url: v.optional(text('The folder at a WebDAV server: https://dav.example.com/cc-route. It is made where it is not there.', 'a URL')),
      username: v.optional(text('The user at the server.')),
      password: v.optional(secret('The password of that user; an app password where the server has such.')),
      passphrase: v.optional(
        secret(
          'Encrypts backups before they leave this machine, and takes the same words to restore them. Without it keys go as they stand in the file.',
        ),
      ),
      name: v.optional(
        v.pipe(
          v.string(NAME),
          v.regex(/^[\w.-]{1,64}$/, NAME),
          v.description("What this machine's backups are called, where several share a folder. Default: the name of the machine."),
        ),
      ),
      every: v.optional(duration('How often `cc-route serve` makes a backup by itself: "1d". Default: never.')),
      keep: v.optional(count("How many of this machine's backups are kept at the server. Default 10.", { min: 1 })),
      versions: v.optional(
        count(
          'How many versions of the configuration are kept in `backups/` beside it, one for each change by the API or the command. Default 10.',
          { min: 1 },
        ),
      ),
      ledger: v.optional(flag('Back the ledger up, too. Default true.')),
      allowHttp: v.optional(
        flag('Send the password and the backups without encryption of the way (http://) to other machines. Default false.'),
      ),
      proxy: v.optional(text('The proxy to reach the server through, or "direct". Default: what `server.proxy` or the environment says.')),
    },
    'an object',
  ),
  v.description('Copies of the configuration and the ledger.'),
)

export type ReadBackup = v.InferOutput<typeof Backup>

const MIN_EVERY_MS = 60_000

/** What cannot work. */
export function backupProblems({ url, username, password, every, allowHttp }: ReadBackup): Problem[] {
  const problem = (field: string, message: string): Problem => ({ path: ['backup', field], message })
  if (url === undefined)
    return every === undefined ? [] : [problem('every', 'expected "url" beside it: the folder at the server that backups go to')]
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (!parsed || !/^https?:$/.test(parsed.protocol)) return [problem('url', 'expected a URL such as https://dav.example.com/cc-route')]
  return [
    ...(parsed.username || parsed.password
      ? [problem('url', 'expected a URL without user and password. They are "username" and "password"')]
      : []),
    ...(parsed.search || parsed.hash ? [problem('url', 'expected the URL of a folder, without "?" and "#"')] : []),
    ...(parsed.protocol === 'http:' && !allowHttp && !isLoopback(parsed.hostname.replace(/^\[|\]$/g, ''))
      ? [
          problem(
            'url',
            'expected https://. Over http:// everybody on the way reads the password and the keys; "allowHttp": true allows it',
          ),
        ]
      : []),
    ...(password !== undefined && username === undefined ? [problem('password', 'expected "username" beside it')] : []),
    ...(every !== undefined && every < MIN_EVERY_MS ? [problem('every', 'expected a minute or more')] : []),
  ]
}
