/**
 * All four protocols in a server of Node's own, beside other routes.
 *
 *     npm run build && node examples/node-http.js
 */
import { createServer } from 'node:http'
import { toNodeHandler } from 'srvx/node'
import { endpoint } from 'cc-route'
import { upstream } from './upstreams.js'

const llm = /** @type {import('srvx').NodeHttp1Handler} */ (toNodeHandler(endpoint(upstream('gemini'))))

const server = createServer((request, response) => {
  if (request.url?.startsWith('/v1')) void llm(request, response)
  else response.end('My own app\n')
})
server.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1', () => {
  const address = server.address()
  console.log(`http://127.0.0.1:${typeof address === 'object' ? address?.port : address}`)
})
