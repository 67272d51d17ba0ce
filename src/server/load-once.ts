/**
 * What is loaded when it is first wanted.
 *
 * @module
 */

export interface Once<T> {
  (): Promise<T>
  /** The same where somebody has wanted it already. */
  begun(): Promise<T> | undefined
}

/** Loads something once, and keeps it. Where that fails, whoever waits is told, and the next one tries again. */
export function loadOnce<T>(load: () => Promise<T>): Once<T> {
  let loading: Promise<T> | undefined
  const wanted = () =>
    (loading ??= load().catch((error: unknown) => {
      loading = undefined
      throw error
    }))
  return Object.assign(wanted, { begun: () => loading })
}
