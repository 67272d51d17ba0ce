/** What providers keep for the whole account, where several have keys. */
import { expect, test } from 'vitest'
import type { ConfigInput } from '../../../src/server/config/schema.ts'
import { gateway } from '../../../src/server/gateway.ts'

type Key = Exclude<NonNullable<NonNullable<ConfigInput['server']>['keys']>[number], string>
const endpoints = {
  gpt: { protocol: 'openai', baseUrl: 'https://gpt.example/v1', apiKey: 'k' },
  claude: { protocol: 'claude', baseUrl: 'https://claude.example', apiKey: 'k' },
  google: { protocol: 'gemini', baseUrl: 'https://google.example', apiKey: 'k' },
} satisfies ConfigInput['endpoints']
const KEY = 'the-key-of-ann-is-long'
function open(ann: Partial<Key>, others: Key[]) {
  const keys = [{ name: 'ann', key: KEY, ...ann }, ...others]
  const app = gateway({ endpoints, server: { keys } }, { fetchFor: () => async () => Response.json({ ok: true }) })
  return async (method: string, path: string) =>
    (await app(`http://localhost${path}`, { method, headers: { authorization: `Bearer ${KEY}` } })).status
}
const bob = { name: 'bob', key: 'the-key-of-bob-is-long' }
const SHARED = [
  ['GET', '/v1/files'],
  ['GET', '/openai/files/'],
  ['DELETE', '/v1/files/file-1'],
  ['GET', '/v1/batches?limit=9'],
  ['GET', '/v1/messages/batches'],
  ['DELETE', '/v1/messages/batches/b'],
  ['DELETE', '/v1/conversations/c/items/i'],
  ['DELETE', '/v1/chat/completions/c'],
  ['GET', '/v1/vector_stores'],
  ['DELETE', '/v1/vector_stores/vs'],
  ['GET', '/v1beta/files'],
  ['DELETE', '/gemini/v1beta/cachedContents/c'],
] as const

test.each(SHARED)('%s %s is refused where it could be another’s', async (method, path) => {
  expect(await open({}, [bob])(method, path)).toBe(403)
  expect(await open({ requestsPerMinute: 9 }, [bob])(method, path)).toBe(403)
  expect(await open({ passOn: true }, [bob])(method, path)).toBe(200)
  expect(await open({}, [])(method, path)).toBe(200)
})

test('what somebody knows the id of is read', async () => {
  for (const path of ['/v1/files/file-1', '/v1/batches/b', '/v1/files/file-1/content']) expect(await open({}, [bob])('GET', path)).toBe(200)
})
