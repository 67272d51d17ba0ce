import { describe, expect, test } from 'vitest'
import { createGuard, isLoopback } from '../../../src/server/safety/guard.ts'

const request = (headers: Record<string, string>) => new Request('http://127.0.0.1:3456/v1/messages', { method: 'POST', headers })

describe('host names', () => {
  const guard = createGuard('loopback')

  test.each(['127.0.0.1', '127.0.0.1:3456', '127.1.2.3', 'localhost', 'LOCALHOST:80', 'app.localhost', '[::1]', '[::1]:3456'])(
    '%s is this machine',
    (host) => expect(guard(request({ host }))).toBeUndefined(),
  )

  test.each([
    'evil.example',
    'evil.example:3456',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    '10.0.0.1',
    '[fe80::1]',
    '0.0.0.0',
    '',
  ])('%s could be bound to this machine by somebody else', (host) =>
    expect(guard(request({ host }))).toMatchObject({ status: 403, kind: 'permission' }),
  )

  test('a list names others besides', () => {
    const listed = createGuard(['Proxy.Example'])
    expect(listed(request({ host: 'proxy.example:8080' }))).toBeUndefined()
    expect(listed(request({ host: 'localhost' }))).toBeUndefined()
    expect(listed(request({ host: 'other.example' }))?.status).toBe(403)
  })

  test('without a Host header the URL counts', () => {
    expect(guard(new Request('http://localhost/'))).toBeUndefined()
    expect(guard(new Request('http://evil.example/'))?.status).toBe(403)
  })

  test('any is any', () => expect(createGuard('any')(request({ host: 'evil.example' }))).toBeUndefined())
})

describe('web pages', () => {
  const guard = createGuard('any')
  const host = '127.0.0.1:3456'

  test.each(['https://evil.example', 'http://127.0.0.1:5173', 'http://localhost:3456', 'null', 'file://', 'chrome-extension://abc'])(
    'of the origin %s are refused',
    (origin) => expect(guard(request({ host, origin }))?.status).toBe(403),
  )

  test('of the same origin may pass', () => expect(guard(request({ host, origin: 'http://127.0.0.1:3456' }))).toBeUndefined())

  test('of another site are refused without an origin too', () => {
    expect(guard(request({ host, 'sec-fetch-site': 'cross-site' }))?.status).toBe(403)
    expect(guard(request({ host, 'sec-fetch-site': 'none' }))).toBeUndefined()
  })
})

test.each(['localhost', '127.0.0.1', '::1', 'a.localhost'])('%s is loopback', (host) => expect(isLoopback(host)).toBe(true))
test.each(['0.0.0.0', '::', '192.168.1.2', 'example.com', '127.evil.example'])('%s is not', (host) => expect(isLoopback(host)).toBe(false))
