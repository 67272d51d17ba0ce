import { expect, test } from 'vitest'
import { readConfig } from '../../../src/server/config/read.ts'
import { secretsOf } from '../../../src/server/config/secrets-of.ts'

test('every secret of a configuration is known by a name', () => {
  const config = readConfig({
    server: { keys: ['key-of-a-client'], adminKey: 'key-of-the-admin', proxy: 'http://me:pass%20word@proxy.example' },
    endpoints: {
      one: {
        preset: 'openai',
        apiKeys: ['first-key', { name: 'second', key: 'second-key' }],
        headers: { 'x-team': 'search', 'x-auth-token': 'header-token' },
        proxy: 'socks5://me:100%@proxy.example',
      },
    },
  })
  expect(Object.fromEntries(secretsOf(config))).toEqual({
    'one key-1': 'first-key',
    'one second': 'second-key',
    'one x-auth-token': 'header-token',
    'password of one proxy': expect.stringMatching(/^100%/) as string,
    'key of key-1': 'key-of-a-client',
    'admin key': 'key-of-the-admin',
    'password of proxy': 'pass word',
  })
})
