/**
 * new-api: with no secret set for its payment hooks, an empty one was right, and anybody could sign them. NyaProxy: an empty key opened
 * the administration.
 */
import { describe, expect, test } from 'vitest'
import { readConfig } from '../../../src/server/config/read.ts'
import { clients, openScene } from './scene.ts'

const endpoints = { a: { protocol: 'openai', baseUrl: 'https://a.example' } }

describe('a key that is empty', () => {
  test.each([
    ['nothing', ''],
    ['blanks', '   '],
    ['a variable that is empty', '$EMPTY'],
    ['a variable that is not set', '$UNSET'],
    ['short enough to be guessed', 'secret'],
  ])('because it says %s does not start a server', async (_, key) => {
    const start = async () => {
      const { server } = readConfig({ endpoints, server: { keys: [key] } }, { variables: { EMPTY: '' } })
      const keys = server.keys as { name: string; key: string }[]
      await openScene({ keys })
    }
    await expect(start()).rejects.toThrow()
  })

  test('is none of the keys of a server', async () => {
    const scene = await openScene({ keys: [{ name: 'ann', key: 'ccr_a-key-of-this-server' }] })
    for (const client of clients)
      for (const headers of [
        {},
        { 'x-api-key': '' },
        { authorization: 'Bearer' },
        { authorization: 'Bearer ' },
        { authorization: '' },
        { 'x-goog-api-key': ' ' },
      ]) {
        const response = await scene.ask({ ...client, headers: {} }, 'openai', { headers: headers as Record<string, string> })
        expect([client.protocol, headers, response.status]).toEqual([client.protocol, headers, 401])
      }
    expect(scene.received).toEqual([])
  })

  test('no list of keys is a list that lets nobody in', async () => {
    await expect(openScene({ keys: [] })).rejects.toThrow('the list is empty')
  })
})
