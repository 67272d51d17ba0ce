/**
 * All four protocols on Deno.
 *
 *     npm run build && deno run --allow-net --allow-env examples/deno.js
 */
import { endpoint } from 'cc-route'
import { upstream } from './upstreams.js'

const app = endpoint(upstream('claude'))

const port = Number(Deno.env.get('PORT') ?? 3000)
Deno.serve({ port, onListen: (address) => console.log(`http://127.0.0.1:${address.port}`) }, app)
