/** The file has changed since it was read: what was to be changed may not be there any more, or mean something else. */
export class ConfigConflict extends Error {
  override name = 'ConfigConflict'
  constructor(
    /** The revision that the file has now. */
    readonly revision: string,
    path: string,
  ) {
    super(`${path} has changed since it was read. Read it again, and make the change anew.`)
  }
}
