import { describe, expect, test } from 'vitest'
import { createWebdav, type WebdavOptions } from '../../../src/server/backup/webdav.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { virtualClock } from '../../../src/testing/clock.ts'
import { davServer, PASSWORD, USER } from './dav-server.ts'

const client = (url: string, options: Partial<WebdavOptions> = {}) =>
  createWebdav({ url, username: USER, password: PASSWORD, fetch, clock: systemClock, ...options })

const read = async (dav: ReturnType<typeof client>, name: string, size?: number) => {
  let text = ''
  await dav.get(name, size, async (body) => void (text = await new Response(body).text()))
  return text
}

describe('a server', () => {
  test('takes folders in folders, files, other names, and gives all of it back', async () => {
    const { url } = await davServer()
    const dav = client(`${url}/my files/cc-route`)
    expect(await dav.list()).toEqual([])
    await dav.prepare()
    await dav.prepare()
    await dav.put('a b & <c>%.txt', new Blob(['hello']))
    expect(await dav.list()).toEqual([
      { name: 'a b & <c>%.txt', path: '/my files/cc-route/a b & <c>%.txt', isFolder: false, size: 5, modified: expect.any(Number) },
    ])
    await dav.rename('a b & <c>%.txt', 'b.txt')
    await dav.put('a.txt', new Blob(['other']))
    await expect(dav.rename('a.txt', 'b.txt')).rejects.toThrow(/412|409|there is a file/)
    expect(await read(dav, 'b.txt', 5)).toBe('hello')
    await dav.remove('b.txt')
    await dav.remove('b.txt')
    expect((await dav.list()).map(({ name }) => name)).toEqual(['a.txt'])
  })

  test('that refuses the password says what to look at, and not the password', async () => {
    const { url } = await davServer()
    const error = await client(`${url}/x`, { password: 'wrong-password' })
      .prepare()
      .catch((caught: unknown) => caught as Error)
    expect(String(error)).toMatch(/PROPFIND http:\/\/127\.0\.0\.1:\d+\/x\/ with 401: .*"backup\.username" and "backup\.password"/)
    expect(String(error)).not.toContain('wrong-password')
  })

  test('that asks for a way of proof that is not spoken', async () => {
    const { url, door } = await davServer()
    door((_, response) => (response.writeHead(401, { 'www-authenticate': 'Digest realm="x"' }).end(), true))
    await expect(client(url).list()).rejects.toThrow('It asks for Digest, and only Basic is spoken here.')
  })

  test('that sends elsewhere is not followed', async () => {
    const other = await davServer()
    const { url, door } = await davServer()
    door((_, response) => (response.writeHead(302, { location: `${other.url}/there?key=1` }).end(), true))
    for (const act of [(dav: ReturnType<typeof client>) => dav.list(), (dav: ReturnType<typeof client>) => dav.put('a', new Blob(['b']))])
      await expect(act(client(url))).rejects.toThrow(`on to ${other.url}/there (302). A password is not sent after it`)
    expect(other.asked).toEqual([])
  })

  test.each([
    [403, /may not do that/],
    [423, /locked/],
    [507, /no room left.*"backup\.keep"/],
    [500, /with 500\. the disk is on fire/],
  ])('that answers with %d', async (status, words) => {
    const { url, door } = await davServer()
    door((request, response) => {
      request.resume()
      request.on('end', () => response.writeHead(status).end('the disk\u001b[31m is\r\non fire'.replace('\r\n', ' ')))
      return true
    })
    await expect(client(url).put('a', new Blob(['b']))).rejects.toThrow(words)
  })

  test('that is none of WebDAV', async () => {
    const { url, door } = await davServer()
    door((_, response) => (response.writeHead(207).end('<html>Welcome<br></html>'), true))
    await expect(client(url).list()).rejects.toThrow(/cannot be read: it is no XML.* Is "backup\.url" the address of a WebDAV folder\?/)
    door((_, response) => (response.writeHead(200).end('<html></html>'), true))
    await expect(client(url).list()).rejects.toThrow('answered PROPFIND')
  })

  test('that lists without an end', async () => {
    const { url, door } = await davServer()
    door((_, response) => {
      response.writeHead(207)
      const more = () => void response.write('x'.repeat(1 << 20), () => setImmediate(more))
      response.on('error', () => {})
      more()
      return true
    })
    await expect(client(url).list()).rejects.toThrow('The list of the WebDAV server is longer than 16777216 bytes.')
  })

  test('that breaks the connection', async () => {
    const { url, door } = await davServer()
    door((request) => (request.socket.destroy(), true))
    await expect(client(`${url}/x`).list()).rejects.toThrow(/could not be reached \(PROPFIND http:\/\/127\.0\.0\.1:\d+\/x\/\): /)
  })

  test('that does not answer is not waited for', async () => {
    const clock = virtualClock()
    const listed = client('http://dav.example/x', {
      clock,
      fetch: (_, init) => new Promise((_, reject) => init!.signal!.addEventListener('abort', () => reject(init!.signal!.reason as Error))),
    }).list()
    const refused = expect(listed).rejects.toThrow('it did not answer within 60 s')
    await clock.advance(60_000)
    await refused
    expect(clock.waiting).toBe(0)
  })

  test('behind a proxy that ends TLS is told a path where it takes the whole address for another server', async () => {
    const { url, door, asked } = await davServer()
    const dav = client(`${url}/d`)
    await dav.prepare()
    await dav.put('a', new Blob(['b']))
    const seen: unknown[] = []
    door((request, response) => {
      if (request.method !== 'MOVE') return false
      seen.push(request.headers.destination)
      if (!request.headers.destination!.toString().startsWith('http')) return false
      response.writeHead(502).end()
      return true
    })
    await dav.rename('a', 'c')
    expect(seen).toEqual([`${url}/d/c`, '/d/c'])
    expect(asked.at(-1)).toBe('MOVE /d/a')
    expect((await dav.list()).map(({ name }) => name)).toEqual(['c'])
  })
})

test('a server that repeats what it was sent does not tell the password on', async () => {
  const { url, door } = await davServer()
  door((request, response) => (response.writeHead(500).end(`bad header: ${request.headers.authorization}, ${PASSWORD}`), true))
  await expect(client(url).list()).rejects.toThrow('bad header: Basic [credentials], [backup password]')
})
