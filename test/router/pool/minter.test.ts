import { expect, test } from 'vitest'
import { sealOpaque } from '../../../src/core/envelope.ts'
import { endpoint, outcomeOf, pool, type PoolOptions } from '../../../src/router/index.ts'
import { chaosProvider, seededRandom, virtualClock } from '../../../src/testing/index.ts'

const thinkingOf = (origin: string) =>
  sealOpaque({
    by: 'openai-responses',
    origin,
    data: JSON.stringify({ type: 'reasoning', id: 'rs_1', encrypted_content: 'gAAAA', summary: [] }),
  })

/** Who answers a conversation that this pool has never seen, and that brings reasoning back. */
async function answersTo(origin: string | undefined, options: PoolOptions = {}): Promise<(string | undefined)[]> {
  const clock = virtualClock(Date.UTC(2026, 10, 2))
  const random = seededRandom(1)
  const members = ['a', 'b', 'c'].map((name) =>
    endpoint({
      name,
      protocol: 'openai-responses',
      baseUrl: `https://${name}.example`,
      fetch: chaosProvider({ clock, random }),
      clock,
      random,
    }),
  )
  const main = pool(members, { clock, random, strategy: 'round_robin', ...options })
  const signature = origin === undefined ? 'ErUB' : thinkingOf(origin)
  const answers: (string | undefined)[] = []
  for (const question of ['one', 'two', 'three']) {
    const response = await main('https://client.example/v1/messages', {
      method: 'POST',
      body: JSON.stringify({
        model: 'm',
        max_tokens: 100,
        messages: [
          { role: 'user', content: question },
          {
            role: 'assistant',
            content: [
              { type: 'thinking', thinking: 'Well.', signature },
              { type: 'text', text: 'Yes.' },
            ],
          },
          { role: 'user', content: 'And now?' },
        ],
      }),
    })
    await response.text()
    answers.push(outcomeOf(response)?.endpoint)
  }
  return answers
}

test('reasoning goes back to the member that minted it, after a restart too', async () => {
  expect(await answersTo('b.example')).toEqual(['b', 'b', 'b'])
  expect(await answersTo('b.example', { affinity: false })).toEqual(['b', 'b', 'b'])
})

test('what nobody here minted binds nothing', async () => {
  expect(await answersTo('elsewhere.example')).toEqual(['a', 'b', 'c'])
  expect(await answersTo(undefined)).toEqual(['a', 'b', 'c'])
})

test('the strategy priority goes back to its first member all the same', async () => {
  expect(await answersTo('b.example', { strategy: 'priority' })).toEqual(['a', 'a', 'a'])
})
