/** A file of which no configuration can be made. The message says why, and what to do. */
export class ImportError extends Error {
  override name = 'ImportError'
}
