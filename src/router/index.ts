/**
 * Functions over fetch: they take and give a {@link Fetch}, so that they nest in any order.
 *
 * @module
 */
export { endpoint, type Endpoint, type EndpointOptions } from './endpoint/endpoint.ts'
export { explain, type Explanation } from './explain.ts'
export { pool, type MemberReport, type Pool } from './pool/pool.ts'
export type { HealthOptions, HealthReport } from './pool/health.ts'
export type { HedgeOptions, PoolMember, PoolOptions } from './pool/options.ts'
export { memoryState, type State } from './state.ts'
export { factsOf } from './facts.ts'
export type { RequestFacts } from './request-facts.ts'
export type { Fetch, Handler } from './fetch.ts'
export type { Capability, Need } from './capability.ts'
export { createEstimator, type Counter, type Estimator, type EstimatorOptions, type TokenEstimate } from './estimate.ts'
export { router, type RouterOptions } from './routing/router.ts'
export type { Condition } from './routing/condition.ts'
export type { RouteFacts } from './routing/facts.ts'
export type { Parameters } from './routing/parameters.ts'
export type { Choose, Rule } from './routing/rules.ts'
export type { OnError, TargetFailure } from './routing/send.ts'
export type { Route, Split, Target } from './routing/target.ts'
export { outcomeOf, type Ending, type Outcome } from './outcome.ts'
export { memoryStore, type MemoryStoreOptions } from './sessions/memory-store.ts'
export { sessions, type SessionsOptions } from './sessions/sessions.ts'
export type { ResponseStore, StoredResponse } from './sessions/store.ts'
