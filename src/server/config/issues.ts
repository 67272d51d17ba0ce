/**
 * The issues of validation as problems in words.
 *
 * @module
 */
import * as v from 'valibot'
import { mayBeSecret } from './may-be-secret.ts'
import type { Path, Problem } from './problem.ts'
import { ConfigSchema } from './schema.ts'
import { didYouMean } from './suggest.ts'
import { fieldsOf, schemaAt } from './walk-schema.ts'

type Issue = v.BaseIssue<unknown>

/** The problems of a value that the schema refused: one for each place. */
export function problemsOf(issues: readonly Issue[], raw: unknown): Problem[] {
  const seen = new Set<string>()
  return issues
    .flatMap((issue) => flatten(issue, []))
    .flatMap(({ issue, path }) => {
      const key = JSON.stringify(path)
      return seen.has(key) ? [] : (seen.add(key), [{ path, message: messageOf(issue, path, raw) }])
    })
}

/** Of the ways to write a value, those that the value's own type rules out say nothing about its mistake. */
function flatten(issue: Issue, base: Path): { issue: Issue; path: Path }[] {
  const path = [...base, ...(issue.path ?? []).map(({ key }) => key as string | number)]
  if (issue.type !== 'union' || !issue.issues) return [{ issue, path }]
  const closer = issue.issues.filter((inner) => inner.path || inner.kind === 'validation' || inner.type === 'union')
  const found = closer.flatMap((inner) => flatten(inner, path))
  // A field that one way of writing has is no mistake of whoever meant that way.
  const told = found.filter((each) => !isUnknownField(each.issue) || !(String(each.path.at(-1)) in fieldsAround(each.path)))
  return told.length ? told : found.length ? found : [{ issue, path }]
}

const isUnknownField = (issue: Issue): boolean => issue.type === 'strict_object' && issue.expected === 'never'

/** The fields of the object that a path leads into. */
const fieldsAround = (path: Path) => fieldsOf(schemaAt(ConfigSchema, path.slice(0, -1)) ?? ConfigSchema) ?? {}

function messageOf(issue: Issue, path: Path, raw: unknown): string {
  const step = path.at(-1)
  if (isUnknownField(issue)) {
    const known = Object.keys(fieldsAround(path))
    const hint = didYouMean(String(step), known) || ` Known: ${known.filter((name) => name !== '$schema').join(', ')}.`
    return `there is no such field.${hint}`
  }
  const found = valueAt(raw, path)
  if (found === undefined) return `expected ${expectedAt(path, issue)}, found nothing`
  // A name of an object: the path leads to what it names, and the mistake is the name's.
  if (issue.path?.at(-1)?.origin === 'key') return `expected ${issue.message}`
  if (typeof found === 'object' && issue.kind === 'validation') return `expected ${issue.message}`
  return `expected ${issue.message}, found ${foundText(found, path)}`
}

/** A field that is missing is reported by the object around it, whose words are about the object. */
function expectedAt(path: Path, issue: Issue): string {
  const schema = issue.type === 'strict_object' ? schemaAt(ConfigSchema, path) : undefined
  const result = schema && v.safeParse(schema, null)
  return result?.issues?.[0]?.message ?? issue.message
}

export const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (at, step) => (typeof at === 'object' && at !== null ? (at as Record<string | number, unknown>)[step] : undefined),
    value,
  )

/** What was found. A text that may be a key is not repeated: errors are shown, logged and sent to others. */
function foundText(found: unknown, path: Path): string {
  if (found === null) return 'null'
  if (Array.isArray(found)) return 'a list'
  if (typeof found === 'object') return 'an object'
  if (typeof found !== 'string') return `${typeof found === 'number' ? 'the number ' : ''}${String(found)}`
  return mayBeSecret(found, path) ? 'a text' : JSON.stringify(found)
}
