/**
 * What a fetch threw, as data and back.
 *
 * @module
 */
import type { RecordedError } from './cassette.ts'

/** Causes are followed no deeper. */
const MAX_DEPTH = 5

export function packError(error: unknown, redact: (text: string) => string, depth = 0): RecordedError {
  if (!(error instanceof Error)) return { name: 'Error', message: redact(String(error)) }
  const fields = fieldsOf(error, redact)
  return {
    name: error.name,
    message: redact(error.message),
    ...(Object.keys(fields).length > 0 && { fields }),
    ...(error.cause !== undefined && depth < MAX_DEPTH && { cause: packError(error.cause, redact, depth + 1) }),
  }
}

export function unpackError({ name, message, fields, cause }: RecordedError): Error {
  const options = cause && { cause: unpackError(cause) }
  const error = name === 'TypeError' ? new TypeError(message, options) : new Error(message, options)
  if (error.name !== name) error.name = name
  return Object.assign(error, fields)
}

function fieldsOf(error: Error, redact: (text: string) => string): NonNullable<RecordedError['fields']> {
  const fields: NonNullable<RecordedError['fields']> = {}
  for (const [name, value] of Object.entries(error)) {
    if (name === 'name') continue
    if (typeof value === 'string') fields[name] = redact(value)
    else if (typeof value === 'number' || typeof value === 'boolean') fields[name] = value
  }
  return fields
}
