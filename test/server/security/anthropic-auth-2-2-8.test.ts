/** anthropic-auth 2.2.8: the token was sent to whichever base URL was set. Here each key has one origin, and a client's key none. */
import { expect, test } from 'vitest'
import { openScene, pairs, SECRETS } from './scene.ts'

test('each provider gets its own key, and nobody’s else', async () => {
  const scene = await openScene()
  for (const [clientProtocol, provider, client] of pairs) {
    const from = scene.received.length
    const response = await scene.ask(client, provider, {
      headers: {
        authorization: 'Bearer client-key-1',
        'x-api-key': 'client-key-2',
        'api-key': 'client-key-3',
        cookie: 'client-key-4',
        'proxy-authorization': 'client-key-5',
      },
    })
    await response.text()
    expect([clientProtocol, provider, response.status]).toEqual([clientProtocol, provider, 200])
    const sent = JSON.stringify(scene.received.slice(from))
    expect(sent).not.toContain('client-key')
    for (const [owner, secret] of Object.entries(SECRETS))
      expect([owner, provider, sent.includes(secret)]).toEqual([owner, provider, owner === provider])
    // In a header, where it belongs, never in the body or the URL.
    for (const { body, url } of scene.received.slice(from)) expect(body + url).not.toContain(SECRETS[provider])
  }
})
