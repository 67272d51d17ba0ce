/**
 * The thin server: a gateway around any app, a socket under it, and what sets it up.
 *
 * @module
 */
export { createApp, type App, type AppOptions } from './app.ts'
export { ConfigError, parseConfig, readConfig, type Config, type ConfigOptions } from './config.ts'
export { createDemo, type DemoOptions } from './demo.ts'
export { readEnvironment } from './environment.ts'
export { createGateway, type GatewayOptions } from './gateway.ts'
export type { AllowedHosts } from './guard.ts'
export type { Model } from './models.ts'
export { serve, type Served, type ServeOptions } from './serve.ts'
export type { NamedEndpoint, Setup } from './setup.ts'
export { version } from './version.ts'
