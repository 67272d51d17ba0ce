/**
 * claude-relay-service up to 1.1.248: the administration could be entered without its password, and a forged session was right where
 * fields were missing (PR 855). CCGate let everybody in whose path began with /admin.
 */
import { expect, test } from 'vitest'
import { raw } from '../raw.ts'
import { ADMIN_KEY, ADMIN_ROUTES, openAdmin } from './admin-scene.ts'

const NOTHING: Record<string, string>[] = [
  {},
  { authorization: '' },
  { authorization: 'Bearer' },
  { authorization: 'Bearer undefined' },
  { authorization: 'Bearer null' },
  { authorization: `Basic ${btoa('admin:')}` },
  { authorization: `Bearer ${ADMIN_KEY.slice(0, -1)}` },
  { 'x-api-key': '' },
  { cookie: `adminSession={}; session=; token=${ADMIN_KEY}` },
  { 'x-admin': 'true', 'x-forwarded-user': 'admin', 'x-forwarded-for': '127.0.0.1', 'x-real-ip': '127.0.0.1' },
]

test('without its key nothing of the administration is done or told', async () => {
  const { ask, file } = await openAdmin({ trustedProxies: ['loopback'] })
  const before = file()
  for (const [index, headers] of NOTHING.entries())
    for (const route of ADMIN_ROUTES) {
      const response = await ask(route, { 'x-forwarded-for': `192.0.2.${index}`, ...headers })
      expect([route, headers, response.status]).toEqual([route, headers, expect.toBeOneOf([401, 429])])
      expect(await response.text()).not.toMatch(/main|other|ann/)
    }
  expect(file()).toBe(before)
})

test.each([
  '/Providers',
  '//providers',
  '/providers/../providers',
  '/v1/../admin/keys',
  '/%61dmin/keys',
  '/admin;/keys',
  '/anthropic/providers',
  '/health/../admin',
])('%s is no way around it', async (path) => {
  const { port } = await openAdmin()
  const answer = await raw(port, `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n`)
  expect(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]).toMatch(/^(400|401|404)$/)
  expect(answer).not.toContain('main.example')
})

test('without any key it is for programs of this machine, and for none that a proxy speaks for', async () => {
  const { ask, port } = await openAdmin({ server: {} })
  expect((await ask('GET /providers')).status).toBe(200)
  const spokenFor: Record<string, string>[] = [
    { 'x-forwarded-for': '127.0.0.1' },
    { forwarded: 'for=127.0.0.1' },
    { 'x-real-ip': '::1' },
    { origin: 'https://evil.example' },
  ]
  for (const headers of spokenFor) expect([headers, (await ask('GET /providers', headers)).status]).toEqual([headers, 403])
  expect(await raw(port, 'GET /providers HTTP/1.1\r\nhost: rebound.example\r\nconnection: close\r\n\r\n')).toMatch(/^HTTP\/1\.1 403/)
})
