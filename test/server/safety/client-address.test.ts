import { describe, expect, test } from 'vitest'
import { createAddressReader } from '../../../src/server/safety/client-address.ts'
import { networkMatcher } from '../../../src/server/safety/ip-network.ts'
import { attachConnection } from '../../../src/server/safety/connection.ts'
import { createGateway } from '../../../src/server/gateway.ts'

const request = (address: string | undefined, forwarded?: string, more: Record<string, string> = {}) => {
  const made = new Request('http://127.0.0.1:3456/', {
    headers: { host: '127.0.0.1:3456', ...(forwarded && { 'x-forwarded-for': forwarded }), ...more },
  })
  if (address) attachConnection(made, { address })
  return made
}

describe('a client’s address', () => {
  test.each([
    ['nobody trusted: the connection’s', [], '10.0.0.1', '1.2.3.4', '10.0.0.1'],
    ['a stranger’s word for it does not count', ['10.0.0.9'], '10.0.0.1', '1.2.3.4', '10.0.0.1'],
    ['a trusted proxy’s does', ['10.0.0.1'], '10.0.0.1', '1.2.3.4', '1.2.3.4'],
    ['what the client wrote before it does not', ['10.0.0.1'], '10.0.0.1', '127.0.0.1, 1.2.3.4', '1.2.3.4'],
    ['through two proxies', ['10.0.0.0/8'], '10.0.0.1', '6.6.6.6, 1.2.3.4, 10.0.0.2', '1.2.3.4'],
    ['a client within the trusted network', ['10.0.0.0/8'], '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['with ports', ['10.0.0.1'], '10.0.0.1', '1.2.3.4:5678', '1.2.3.4'],
    ['of IPv6, in brackets', ['fd00::/8'], 'fd00::1', '[2001:DB8::1]:443', '2001:db8::1'],
    ['of IPv4 in IPv6', ['loopback'], '::ffff:127.0.0.1', '::ffff:1.2.3.4', '1.2.3.4'],
    ['nonsense ends the search', ['10.0.0.1'], '10.0.0.1', '1.2.3.4, unknown', '10.0.0.1'],
    ['no header', ['10.0.0.1'], '10.0.0.1', undefined, '10.0.0.1'],
    ['no connection', ['10.0.0.1'], undefined, '1.2.3.4', undefined],
  ] as const)('%s', (_, trusted, address, forwarded, expected) =>
    expect(createAddressReader(trusted)(request(address, forwarded))).toBe(expected),
  )

  test.each(['example.com', '10.0.0.0/33', '10.0.0/8', '::/129', '10.0.0.0/8/8', '10.0.0.0/-1', ''])('%s is no network', (network) =>
    expect(() => createAddressReader([network])).toThrow(/no address or network/),
  )
})

test('networks', () => {
  const matches = networkMatcher(['192.168.0.0/16', '2001:db8::/32', '7.7.7.7'])
  expect(['192.168.3.4', '192.169.0.1', '2001:db8:1::', '2001:db9::', '7.7.7.7', '7.7.7.8'].map(matches)).toEqual([
    true,
    false,
    true,
    false,
    true,
    false,
  ])
})

describe('the name under which the server is told', () => {
  const welcome = async (address: string, more: Record<string, string>) => {
    const gateway = createGateway({ app: async () => new Response(), trustedProxies: ['10.0.0.1'] })
    return /POST (\S+)\/v1\/messages/.exec(await (await gateway(request(address, undefined, more))).text())![1]
  }
  const more = { 'x-forwarded-host': 'llm.example', 'x-forwarded-proto': 'https' }
  test('a trusted proxy knows it better', async () => expect(await welcome('10.0.0.1', more)).toBe('https://llm.example'))
  test('nobody else does', async () => expect(await welcome('10.0.0.2', more)).toBe('http://127.0.0.1:3456'))
  test('nonsense is not repeated', async () =>
    expect(await welcome('10.0.0.1', { 'x-forwarded-host': 'a b<script>', 'x-forwarded-proto': 'javascript' })).toBe(
      'http://127.0.0.1:3456',
    ))
})

test('the host name that is checked is never a proxy’s word for it', async () => {
  const gateway = createGateway({ app: async () => new Response(), hosts: 'loopback', trustedProxies: ['10.0.0.1'] })
  expect((await gateway(request('10.0.0.1', undefined, { host: 'evil.example', 'x-forwarded-host': 'localhost' }))).status).toBe(403)
})
