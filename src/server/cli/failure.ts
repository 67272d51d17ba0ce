/**
 * Errors in words, each with the exit code that scripts can tell it by.
 *
 * @module
 */
import { FailureError } from '../../core/failure.ts'
import { ConfigConflict } from '../config/conflict.ts'
import { ConfigError } from '../config/problem.ts'
import { CommandError, EXIT } from './command.ts'

const CAUSES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'The port is in use PLACE, perhaps by another cc-route. Stop that, or take another with --port.',
  EACCES: 'It is not permitted PLACE. Ports below 1024 need special rights, and files those of their owner.',
  EADDRNOTAVAIL: 'The address is not one of this machine PLACE. Take 127.0.0.1 with --host.',
  ENOTFOUND: 'The address is not one of this machine PLACE. Take 127.0.0.1 with --host.',
}

export function explained(error: unknown): { text: string; code: number } {
  if (error instanceof CommandError) return { text: error.message, code: error.code }
  if (error instanceof ConfigError || error instanceof ConfigConflict || error instanceof TypeError || error instanceof FailureError)
    return { text: error.message, code: EXIT.failed }
  const { code, address, port, path, message, stack } = error as NodeJS.ErrnoException & { address?: string; port?: number }
  const place = address === undefined ? (path ?? '') : `${address}:${port}`
  const cause = code === undefined ? undefined : CAUSES[code]
  if (cause) return { text: cause.replace(' PLACE', place && ` (${place})`), code: EXIT.failed }
  return { text: code === undefined ? (stack ?? String(error)) : message, code: EXIT.failed }
}
