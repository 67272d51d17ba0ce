/**
 * Functions over fetch: they take and give a {@link Fetch}, so that they nest in any order.
 *
 * @module
 */
export { endpoint, type EndpointOptions } from './endpoint.ts'
export { factsOf, type RequestFacts } from './facts.ts'
export type { Fetch, Handler } from './fetch.ts'
export { outcomeOf, type Ending, type Outcome } from './outcome.ts'
export { memoryStore, type MemoryStoreOptions } from './sessions/memory-store.ts'
export { sessions, type SessionsOptions } from './sessions/sessions.ts'
export type { ResponseStore, StoredResponse } from './sessions/store.ts'
