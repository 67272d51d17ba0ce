import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { endpoint } from '../../src/router/endpoint/endpoint.ts'
import { createProxyChooser, proxyName, type ForwardProxyOptions } from '../../src/server/forward-proxy/forward-proxy.ts'
import { createNodeFetch } from '../../src/server/node/fetch.ts'
import { certificate } from './certificate.ts'
import { clientOf } from './clients.ts'
import { httpProxy, LOGIN, socksProxy, type TestProxy } from './proxies.ts'

const login = `${encodeURIComponent('ann')}:${encodeURIComponent('s3cret word')}`

describe('which proxy', () => {
  const choose = (options: ForwardProxyOptions, url: string) => {
    const proxy = createProxyChooser(options)(new URL(url))
    return proxy && proxyName(proxy)
  }
  const env = {
    HTTPS_PROXY: 'http://secure:1',
    HTTP_PROXY: 'plain:2',
    NO_PROXY: 'internal, .example.org,10.0.0.0/8,*.dotted.net,host.com:8443,[2001:db8::1],7.7.7.7',
  }

  test.each([
    [env, 'https://api.openai.com/v1', 'http://secure:1'],
    [env, 'http://api.openai.com/v1', 'http://plain:2'],
    [{ ALL_PROXY: 'socks5://all' }, 'https://a.com', 'socks5://all:1080'],
    [{ ALL_PROXY: 'socks5://all', https_proxy: 'https://small' }, 'https://a.com', 'https://small:443'],
    [{ HTTPS_PROXY: 'http://big', https_proxy: 'http://small' }, 'https://a.com', 'http://small:80'],
    [{ HTTP_PROXY: 'http://from-a-header', REQUEST_METHOD: 'GET' }, 'http://a.com', undefined],
    [{}, 'https://a.com', undefined],
    [env, 'https://internal', undefined],
    [env, 'https://deep.internal', undefined],
    [env, 'https://notinternal', 'http://secure:1'],
    [env, 'https://example.org', undefined],
    [env, 'https://a.example.org', undefined],
    [env, 'https://dotted.net', undefined],
    [env, 'https://10.2.3.4', undefined],
    [env, 'https://11.2.3.4', 'http://secure:1'],
    [env, 'https://7.7.7.7', undefined],
    [env, 'https://[2001:db8::1]:9', undefined],
    [env, 'https://host.com:8443', undefined],
    [env, 'https://host.com', 'http://secure:1'],
    [{ ...env, NO_PROXY: '*' }, 'https://a.com', undefined],
    [env, 'http://localhost:11434', undefined],
    [env, 'http://127.0.0.1:11434', undefined],
    [env, 'http://[::1]:11434', undefined],
  ])('%j: %s → %s', (variables, url, expected) => expect(choose({ env: variables }, url)).toBe(expected))

  test('an option is stronger than the environment', () => {
    expect(choose({ env, proxy: 'socks5h://mine:9' }, 'https://internal')).toBe('socks5://mine:9')
    expect(choose({ env, proxy: 'direct' }, 'https://a.com')).toBeUndefined()
    expect(choose({ env, proxy: 'http://mine', noProxy: 'a.com' }, 'https://a.com')).toBeUndefined()
  })

  test.each(['ftp://secret:pass@x', 'nonsense secret', 'socks4://secret@x', 'http://secret:%zz@x', ''])(
    '%s is none, and its secret is not repeated',
    (proxy) => {
      for (const options of [{ proxy }, ...(proxy ? [{ env: { HTTPS_PROXY: proxy } }] : [])])
        expect(() => createProxyChooser(options)).toThrow(
          expect.objectContaining({ message: expect.not.stringMatching(/secret|pass@/) as string }) as Error,
        )
    },
  )
})

describe('through a real one', () => {
  let plain: Server
  let secure: Server
  let seen: { url?: string; headers: IncomingMessage['headers']; body: string; port: number | undefined }[] = []
  const portOf = (server: Server) => (server.address() as AddressInfo).port
  const open: { close(): void }[] = []
  beforeAll(async () => {
    const answer = (request: IncomingMessage, response: ServerResponse) => {
      let body = ''
      request.on('data', (chunk: Buffer) => (body += chunk.toString()))
      request.on('end', () => {
        seen.push({ url: request.url, headers: request.headers, body, port: request.socket.remotePort })
        if (request.url === '/moved') return response.writeHead(307, { location: 'https://elsewhere.test/' }).end()
        response.end(`got ${body}`)
      })
    }
    plain = createServer(answer)
    secure = createSecureServer(certificate, answer)
    for (const server of [plain, secure]) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  beforeEach(() => {
    seen = []
    // The tests' own certificate is signed by nobody.
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
    vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  })
  afterEach(() => {
    vi.unstubAllEnvs()
    vi.restoreAllMocks()
    for (const it of open.splice(0)) it.close()
  })
  afterAll(() => {
    plain.closeAllConnections()
    secure.closeAllConnections()
    plain.close()
    secure.close()
  })
  const opened = <T extends { close(): void }>(it: T): T => (open.push(it), it)
  const fetchBy = (options: ForwardProxyOptions) => opened(createNodeFetch(options))

  const ways: [string, (target: number, login: boolean) => Promise<TestProxy>, string][] = [
    ['http', (target, asks) => httpProxy(target, { login: asks }), '127.0.0.1'],
    ['https', (target, asks) => httpProxy(target, { login: asks, secure: true }), '127.0.0.1'],
    ['socks5', (target, asks) => socksProxy(target, { login: asks, dribble: true }), '127.0.0.1'],
  ]

  describe.each(ways)('%s', (scheme, make, host) => {
    test.each([true, false])('an upstream with TLS: the proxy sees neither key nor words (login: %s)', async (asks) => {
      const proxy = opened(await make(portOf(secure), asks))
      const call = fetchBy({ proxy: `${scheme}://${asks ? `${login}@` : ''}${host}:${proxy.port}` })
      for (const body of ['one', 'two']) {
        const response = await call('https://upstream.test/v1/messages', { method: 'POST', body, headers: { 'x-api-key': 'sk-up' } })
        expect(await response.text()).toBe(`got ${body}`)
      }
      expect(proxy.asked).toEqual([`${scheme === 'socks5' ? '' : 'CONNECT '}upstream.test:443${asks ? ` ${LOGIN}` : ''}`])
      expect(seen.map(({ body, headers }) => [body, headers['x-api-key'], headers['proxy-authorization']])).toEqual([
        ['one', 'sk-up', undefined],
        ['two', 'sk-up', undefined],
      ])
      expect(seen[0]!.port).toBe(seen[1]!.port)
      expect(proxy.received()).not.toMatch(/sk-up|got one/)
    })

    test('an upstream in the clear', async () => {
      const proxy = opened(await make(portOf(plain), false))
      const call = fetchBy({ proxy: `${scheme}://${login}@${host}:${proxy.port}` })
      expect(await (await call('http://upstream.test:8080/v1/x?y=1', { method: 'POST', body: 'hello' })).text()).toBe('got hello')
      expect(seen[0]).toMatchObject({ url: '/v1/x?y=1', body: 'hello', headers: { host: 'upstream.test:8080' } })
      expect(proxy.asked).toEqual([scheme === 'socks5' ? 'upstream.test:8080' : `POST http://upstream.test:8080/v1/x?y=1 ${LOGIN}`])
    })

    test('a certificate that nobody signed is not taken', async () => {
      vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '1')
      const proxy = opened(await make(portOf(secure), false))
      const call = fetchBy({ proxy: `${scheme}://${host}:${proxy.port}` })
      await expect(call('https://upstream.test/', {})).rejects.toMatchObject({
        cause: { message: expect.stringMatching(/self-signed|unable to verify/) as string },
      })
      expect(seen).toEqual([])
    })

    test('one that is not there is named, without its password', async () => {
      const proxy = await make(1, false)
      proxy.close()
      const app = endpoint({
        name: 'gpt',
        protocol: 'openai',
        baseUrl: 'https://upstream.test/v1',
        apiKey: 'k',
        fetch: fetchBy({ proxy: `${scheme}://${login}@${host}:${proxy.port}` }),
      })
      const client = clientOf('openai')
      const response = await app(`http://localhost${client.path}`, { method: 'POST', body: JSON.stringify(client.body) })
      const message = client.errorOf(await response.json())
      expect(response.status).toBe(502)
      expect(message).toContain(`the proxy ${scheme}://${host}:${proxy.port} made no connection to upstream.test:443`)
      expect(message).not.toContain('s3cret')
    })

    test('an upstream that is not there fails the call', async () => {
      const proxy = opened(await make(1, false))
      await expect(fetchBy({ proxy: `${scheme}://${host}:${proxy.port}` })('https://upstream.test/', {})).rejects.toThrow('fetch failed')
    })
  })

  test.each([
    ['http', () => httpProxy(1, { login: true }), /407 .*Check its user and password/],
    ['http', () => httpProxy(1, { status: 403 }), /it answered 403/],
    ['socks5', () => socksProxy(1, { login: true }), /asks for a user and a password|does not speak/],
    ['socks5', () => socksProxy(1, { reply: 2 }), /its rules do not allow it/],
    ['socks5', () => socksProxy(1, { reply: 99 }), /it answered 99/],
  ])('an %s proxy that refuses says why', async (scheme, make, why) => {
    const proxy = opened(await make())
    await expect(fetchBy({ proxy: `${scheme}://127.0.0.1:${proxy.port}` })('https://upstream.test/', {})).rejects.toMatchObject({
      cause: { message: expect.stringMatching(why) as string },
    })
  })

  test('a SOCKS proxy that refuses the password', async () => {
    const proxy = opened(await socksProxy(1, { login: true }))
    await expect(fetchBy({ proxy: `socks5://ann:wrong@127.0.0.1:${proxy.port}` })('https://upstream.test/', {})).rejects.toMatchObject({
      cause: { message: expect.stringContaining('refused the user') as string },
    })
  })

  test('what speaks no SOCKS at all', async () => {
    await expect(fetchBy({ proxy: `socks5://127.0.0.1:${portOf(plain)}` })('https://upstream.test/', {})).rejects.toMatchObject({
      cause: { message: expect.stringContaining('made no connection') as string },
    })
  })

  test.each([
    ['http://10.1.2.3:80/', '0a010203:80'],
    ['http://[2001:db8::5]:81/', '20010db8000000000000000000000005:81'],
  ])('SOCKS takes the address of %s as it is', async (url, expected) => {
    const proxy = opened(await socksProxy(portOf(plain)))
    await (await fetchBy({ proxy: `socks5://127.0.0.1:${proxy.port}` })(url, {})).text()
    expect(proxy.asked).toEqual([expected])
  })

  test('the environment is enough, and exempts what it says', async () => {
    const proxy = opened(await httpProxy(portOf(secure)))
    const env = { https_proxy: `http://127.0.0.1:${proxy.port}`, no_proxy: 'exempt.invalid' }
    await (await fetchBy({ env })('https://upstream.test/', {})).text()
    await expect(fetchBy({ env })('https://exempt.invalid/', {})).rejects.toThrow()
    expect(proxy.asked).toEqual(['CONNECT upstream.test:443'])
  })

  test('no kind of call gets around it, and no redirect is followed', async () => {
    const proxy = opened(await httpProxy(portOf(secure)))
    const call = fetchBy({ proxy: `http://127.0.0.1:${proxy.port}` })
    const globalFetch = vi.spyOn(globalThis, 'fetch')
    const stream = new Blob(['streamed']).stream()
    expect(await (await call(new Request('https://upstream.test/a', { method: 'POST', body: 'asked' }))).text()).toBe('got asked')
    expect(await (await call('https://upstream.test/b', { method: 'POST', body: stream, duplex: 'half' } as RequestInit)).text()).toBe(
      'got streamed',
    )
    expect((await call('https://upstream.test/moved', { redirect: 'follow' })).status).toBe(307)
    expect(globalFetch).not.toHaveBeenCalled()
  })

  test('a client that goes ends the call', async () => {
    const proxy = opened(await httpProxy(portOf(secure)))
    const controller = new AbortController()
    const asked = fetchBy({ proxy: `http://127.0.0.1:${proxy.port}` })('https://upstream.test/', { signal: controller.signal })
    controller.abort(new Error('gone'))
    await expect(asked).rejects.toThrow('gone')
  })
})
