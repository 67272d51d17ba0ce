/** one-api, GO-2025-4154: its filter of addresses looked at a URL, and the request then followed a redirect to another. */
import { expect, test } from 'vitest'
import { clients, openCanary, openScene, SECRETS } from './scene.ts'

test.each([301, 302, 303, 307, 308])('a provider that answers %i sends nobody anywhere', async (status) => {
  const canary = await openCanary()
  const scene = await openScene({
    answer: () => Promise.resolve(new Response(null, { status, headers: { location: `${canary.url}/inner` } })),
  })
  for (const client of clients) {
    const response = await scene.ask(client, client.protocol)
    const text = await response.text()
    expect([client.protocol, response.status]).toEqual([client.protocol, 502])
    expect(response.headers.get('location')).toBeNull()
    expect(client.errorOf(JSON.parse(text))).toContain('redirect')
    for (const secret of Object.values(SECRETS)) expect(text).not.toContain(secret)
  }
  expect(canary.calls).toEqual([])
})
