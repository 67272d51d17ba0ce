/**
 * What is loaded when it is first wanted.
 *
 * @module
 */

/** Loads something once, and keeps it. Where that fails, whoever waits is told, and the next one tries again. */
export function loadOnce<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined
  return () =>
    (loading ??= load().catch((error: unknown) => {
      loading = undefined
      throw error
    }))
}
