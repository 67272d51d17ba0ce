/**
 * Secrets: the key itself, or where it is to be had.
 *
 * @module
 */
import * as v from 'valibot'
import { duration, list } from './fields.ts'

/** Where a secret is to be had. What {@link Resolved} replaces with the secret itself. */
export type SecretSource = { kind: 'secret'; file: string } | { kind: 'secret'; command: readonly [string, ...string[]]; timeoutMs: number }

const COMMAND_TIMEOUT_MS = 10_000

const EXPECTED = 'a key, "$NAME" of a variable, "file:PATH", { "file": PATH } or { "command": [PROGRAM, ARGUMENTS…] }'

const Reference = v.pipe(
  v.strictObject(
    {
      file: v.optional(v.pipe(v.string('a path'), v.nonEmpty('a path'), v.description('The file that holds it and nothing else.'))),
      command: v.optional(
        v.pipe(
          list('The program that prints it, and its arguments. Run without a shell.', v.string('a text'), 'a program and its arguments'),
          v.minLength(1, 'a program and its arguments'),
        ),
      ),
      timeoutMs: v.optional(duration('How long the program may take. Default 10s.')),
    },
    EXPECTED,
  ),
  v.check(({ file, command }) => (file === undefined) !== (command === undefined), 'either "file" or "command"'),
)

/** A secret as the file has it: the text itself, or a {@link SecretSource}. */
export const secret = (description: string) =>
  v.pipe(
    v.union([v.string(EXPECTED), Reference], EXPECTED),
    v.description(description),
    v.transform((value): string | SecretSource => {
      if (typeof value === 'string') return value.startsWith('file:') ? { kind: 'secret', file: value.slice('file:'.length) } : value
      const { file, command, timeoutMs = COMMAND_TIMEOUT_MS } = value
      if (file !== undefined) return { kind: 'secret', file }
      return { kind: 'secret', command: command as unknown as [string, ...string[]], timeoutMs }
    }),
  )

export const isSecretSource = (value: unknown): value is SecretSource =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'secret'

/** A configuration with its secrets in place of where they are to be had. */
export type Resolved<T> = T extends RegExp
  ? T
  : T extends SecretSource
    ? string
    : T extends readonly (infer Item)[]
      ? readonly Resolved<Item>[]
      : T extends object
        ? { readonly [Key in keyof T]: Resolved<T[Key]> }
        : T
