/**
 * The thin server: a gateway around any app, a socket under it, and what sets it up.
 *
 * @module
 */
export { createFetchFor } from './cli/fetch-for.ts'
export { loadConfig, type LoadOptions, type Snapshot } from './config/load.ts'
export { ConfigError, type Problem } from './config/problem.ts'
export { parseConfig, type ParseOptions, type Reading } from './config/parse.ts'
export { readConfig, type ConfigOptions } from './config/read.ts'
export type { ConfigInput } from './config/schema.ts'
export { fileStore, type ConfigStore, type Loaded } from './config/store.ts'
export { watchConfig, type ConfigWatch, type WatchOptions } from './config/watch.ts'
export { setupOf } from './config/setup-of.ts'
export type { Config } from './config/settle.ts'
export { createDemo, type DemoOptions } from './demo/demo.ts'
export { readEnvironment } from './environment.ts'
export { createGateway, gateway, type ConfiguredOptions, type Gateway, type GatewayOptions } from './gateway.ts'
export { openFileStore } from './ledger/file-store.ts'
export { openSqliteBudgets, type SqliteBudgetsOptions } from './budgets/sqlite-store.ts'
export { openSqliteStore, type SqliteStoreOptions } from './ledger/sqlite-store.ts'
export { openLog, type Log, type LogOptions } from './log/log.ts'
export { createRedactor, type Redactor } from './log/redact.ts'
export { generateKey, type ClientKey } from './safety/auth.ts'
export type { AllowedHosts } from './safety/guard.ts'
export type { Model } from './models/models.ts'
export { serve, type Served, type ServeOptions } from './serve.ts'
export type { NamedEndpoint, Setup } from './setup.ts'
export { version } from './version.ts'
