/**
 * The keys of clients as people may see them: never the key itself.
 *
 * @module
 */
import type { Config } from '../config/settle.ts'
import { momentText } from './key-fields.ts'
import { keysIn } from './key-changes.ts'

export interface ShownKey extends Record<string, unknown> {
  name: string
  /** Whether it may be used. */
  state: 'ready' | 'disabled' | 'expired'
}

/** All keys, with what is said of them. */
export const shownKeys = (config: Config, now: number): ShownKey[] =>
  keysIn(config).map(({ name, key: _key, previous, expires, disabled, ...rest }) => ({
    name,
    state: disabled ? 'disabled' : expires !== undefined && expires <= now ? 'expired' : 'ready',
    ...(expires !== undefined && { expires: momentText(expires) }),
    ...(previous && previous.until > now && { previousUntil: momentText(previous.until) }),
    ...rest,
  }))
