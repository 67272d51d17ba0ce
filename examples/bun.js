/**
 * All four protocols on Bun.
 *
 *     npm run build && bun examples/bun.js
 */
import { endpoint } from 'cc-route'
import { upstream } from './upstreams.js'

const app = endpoint(upstream('claude'))

// Models think longer than the ten seconds of silence that Bun allows.
const server = Bun.serve({ port: process.env['PORT'] ?? 3000, idleTimeout: 0, fetch: app })
console.log(server.url.origin)
