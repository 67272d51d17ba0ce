/**
 * The floor: a proxy over node:http that looks at nothing.
 *
 *     node pipe.js <port> <port of the provider>
 */
import http from 'node:http'

const [port, upstream] = process.argv.slice(2).map(Number)
const agent = new http.Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY, maxFreeSockets: 256 })

const server = http.createServer((req, res) => {
  const { method, url: path, headers } = req
  const call = http.request({ host: '127.0.0.1', port: upstream, method, path, headers, agent }, (answer) => {
    res.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(res)
  })
  call.on('error', () => res.destroy())
  res.on('close', () => {
    if (!res.writableFinished) call.destroy()
  })
  req.pipe(call)
})
server.listen({ port, host: '127.0.0.1', backlog: 4096 })
