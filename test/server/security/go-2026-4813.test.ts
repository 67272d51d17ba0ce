/** new-api, GO-2026-4813: a second factor could be skipped, and channels were shown with their keys. ccproxy showed them to all. */
import { expect, test } from 'vitest'
import { ADMIN_KEY, ADMIN_ROUTES, ALL_SECRETS, CLIENT_KEY, openAdmin } from './admin-scene.ts'

test('no answer of the administration has a secret in it, to nobody', async () => {
  const { ask } = await openAdmin()
  const read = ADMIN_ROUTES.filter((route) => route.startsWith('GET'))
  const change = [
    'POST /providers/main/test',
    'POST /providers/main/disable',
    'POST /providers/main/enable',
    'PATCH /providers/main',
    'POST /admin/reload',
  ]
  for (const route of [...read, ...change]) {
    const response = await ask(route, { authorization: `Bearer ${ADMIN_KEY}` }, { model: 'm' })
    const text = JSON.stringify([...response.headers]) + (await response.text())
    expect([route, response.status]).toEqual([route, 200])
    for (const secret of ALL_SECRETS) expect([route, secret, text.includes(secret)]).toEqual([route, secret, false])
  }
  const status = await (await ask('GET /status', { 'x-api-key': CLIENT_KEY })).text()
  for (const secret of ALL_SECRETS) expect(status).not.toContain(secret)
})

test('a key that is made is shown once, and kept as a hash', async () => {
  const { ask, file } = await openAdmin()
  const headers = { authorization: `Bearer ${ADMIN_KEY}` }
  const { key } = (await (await ask('POST /admin/keys', headers, { name: 'eve' })).json()) as { key: string }
  expect(key).toMatch(/^ccr_[\w-]{43}$/)
  expect(file()).not.toContain(key)
  expect(await (await ask('GET /admin/keys', headers)).text()).not.toContain(key)
})

test('keys go where they were configured for: who moves a provider does not get them', async () => {
  const { ask, called } = await openAdmin()
  const headers = { authorization: `Bearer ${ADMIN_KEY}` }
  const moves = [
    { baseUrl: 'https://evil.example' },
    { baseUrl: 'https://evil.example', headers: null },
    { proxy: 'http://evil.example' },
    { preset: 'openrouter' },
  ]
  for (const move of moves) expect([move, (await ask('PATCH /providers/main', headers, move)).status]).toEqual([move, 400])
  const variable = { name: 'x', protocol: 'openai', baseUrl: 'https://evil.example', apiKey: '$OTHER_KEY' }
  expect((await ask('POST /providers', headers, variable)).status).toBe(400)
  await (await ask('POST /providers/main/test', headers)).text()
  expect(called).toEqual(['https://main.example'])
})
