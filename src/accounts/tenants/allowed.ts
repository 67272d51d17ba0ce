/**
 * Lists of what may be used, by patterns.
 *
 * @module
 */
import { readEffort } from '../../router/routing/effort-suffix.ts'
import { globOf } from '../../router/routing/glob.ts'

/** Whether a name is allowed. Absent: everything is. */
export type Allowed = ((name: string) => boolean) | undefined

/** Reads patterns: `*` stands for anything, `!` before one takes away what it fits. Where there are none but such, all else is allowed. */
export function allowedBy(patterns: readonly string[] | undefined): Allowed {
  if (!patterns) return undefined
  const taken = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => globOf(pattern.slice(1)))
  const given = patterns.filter((pattern) => !pattern.startsWith('!')).map(globOf)
  const isAll = !given.length && taken.length > 0
  return (name) => (isAll || given.some((glob) => glob.test(name))) && !taken.some((glob) => glob.test(name))
}

/**
 * Whether what a client calls a model is allowed, where it may name the endpoint with it: `@openai/gpt-5.4`, `openai,gpt-5.4`, `gpt-5.4(high)`. It is what
 * the endpoint is asked for in the end that counts, and that is looked at again: so it is enough that the name ends in one that is allowed.
 */
export function endsAllowed(isAllowed: (name: string) => boolean, asked: string): boolean {
  const { model } = readEffort(asked)
  const ends = [...model.matchAll(/[@/,:]/g)].map(({ index }) => model.slice(index + 1).trim())
  return [asked, model, ...ends].some(isAllowed)
}
