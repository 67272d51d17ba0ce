import { expect, test } from 'vitest'
import { readConfig } from '../../../src/server/config/read.ts'
import { secretsOf } from '../../../src/server/config/secrets-of.ts'

const read = (backup: unknown, variables: Record<string, string> = {}) => readConfig({ endpoints: { ollama: {} }, backup }, { variables })
const url = 'https://dav.example/cc'

test.each([
  [{}, {}],
  [
    { url, username: 'ann', password: '$PASS', every: '1d', keep: 3 },
    { url, username: 'ann', password: 'secret-from-env', every: 86_400_000, keep: 3 },
  ],
  [{ url: 'http://127.0.0.1:8080/dav' }, { url: 'http://127.0.0.1:8080/dav' }],
  [{ url: 'http://[::1]/dav' }, { url: 'http://[::1]/dav' }],
  [
    { url: 'http://nas.local/dav', allowHttp: true },
    { url: 'http://nas.local/dav', allowHttp: true },
  ],
])('%j is read', (backup, expected) => {
  expect(read(backup, { PASS: 'secret-from-env' }).backup).toEqual(expected)
})

test.each([
  [{ url: 'dav.example' }, /backup\.url: expected a URL such as https:/],
  [{ url: 'ftp://dav.example/' }, /backup\.url: expected a URL such as https:/],
  [{ url: 'https://ann:pass@dav.example/' }, /backup\.url: expected a URL without user and password/],
  [{ url: `${url}?a=b` }, /backup\.url: expected the URL of a folder/],
  [{ url: 'http://nas.local/dav' }, /backup\.url: expected https:.*"allowHttp": true/],
  [{ url, password: 'p' }, /backup\.password: expected "username" beside it/],
  [{ url, every: '10s' }, /backup\.every: expected a minute or more/],
  [{ every: '1d' }, /backup\.every: expected "url" beside it/],
  [{ url, keep: 0 }, /backup\.keep: expected a whole number from 1 up/],
  [{ url, name: '../x' }, /backup\.name: expected letters, digits/],
  [{ uri: url }, /backup\.uri: there is no such field\. Did you mean "url"\?/],
])('%j is refused', (backup, message) => {
  expect(() => read(backup)).toThrow(message)
})

test('what must not be seen is known by name, in the form of a header, too', () => {
  const secrets = secretsOf(read({ url, username: 'ann', password: 'pässword', passphrase: 'correct horse' }))
  expect(secrets).toEqual([
    ['backup password', 'pässword'],
    ['backup password', Buffer.from('ann:pässword').toString('base64')],
    ['backup passphrase', 'correct horse'],
  ])
})
