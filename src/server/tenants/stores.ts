/**
 * What providers keep for an account as a whole. A provider does not know one client key from another, so whoever has one could list and delete what
 * belongs to the others.
 *
 * @module
 */
import { notAllowed } from '../../router/not-allowed.ts'
import type { Place } from '../paths.ts'

const STORES =
  /^(?:\/v\d[a-z\d]*)?\/(?:files|batches|messages\/batches|skills|conversations|chat\/completions|responses|vector_stores|containers|uploads|videos|evals|fine_tuning\/jobs|cachedContents|fileSearchStores|corpora|tunedModels)(\/.*[^/])?\/?$/

/** @throws FailureError 403 for a list of what all have stored, and for what deletes something of it that is not known to be one's own */
export function refuseStores({ method }: Request, { path }: Place, isOwn: boolean): void {
  const store = STORES.exec(path)
  if (!store) return
  const lists = (method === 'GET' || method === 'HEAD') && store[1] === undefined
  if (lists || (method === 'DELETE' && !isOwn))
    notAllowed(
      `cc-route: ${method} ${path} ${lists ? 'lists' : 'deletes'} what the provider keeps for all who use this server. Whoever runs it may allow it to your key with "passOn": true.`,
    )
}
