/** claude-code-router 3: the token of its administration stands in a URL (`?ccr_web_token=`), and so in histories, logs and referrers. */
import { expect, test } from 'vitest'
import { openLog } from '../../../src/server/log/log.ts'
import { clients, openScene } from './scene.ts'

const KEY = 'ccr_a-key-of-this-server'

test('keys in URLs are not taken, but for Gemini’s, whose clients put them there; none is logged', async () => {
  const lines: string[] = []
  const scene = await openScene({
    keys: [{ name: 'ann', key: KEY }],
    log: openLog({ level: 'debug', format: 'json', stream: { write: (line) => lines.push(line) } }),
  })
  for (const client of clients)
    for (const name of ['key', 'api_key', 'token', 'access_token', 'ccr_web_token']) {
      const query = `${client.path.includes('?') ? '&' : '?'}${name}=${KEY}`
      const response = await scene.ask({ ...client, headers: {} }, 'openai', { query })
      await response.text()
      const taken = client.protocol === 'gemini' && name === 'key'
      expect([client.protocol, name, response.status]).toEqual([client.protocol, name, taken ? 200 : 401])
    }
  expect(scene.received).toHaveLength(1)
  expect(JSON.stringify(scene.received)).not.toContain(KEY)
  await expect.poll(() => lines.length).toBe(20)
  expect(lines.join('')).not.toContain(KEY)
})
