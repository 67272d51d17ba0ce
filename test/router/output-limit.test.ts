import { describe, expect, it } from 'vitest'
import type { ProtocolName } from '../../src/core/chat.ts'
import { fitOutput, type Capability } from '../../src/router/capability.ts'
import { endpoint } from '../../src/router/endpoint/endpoint.ts'
import { factsOf } from '../../src/router/facts.ts'
import { pool } from '../../src/router/pool/pool.ts'
import { router } from '../../src/router/routing/router.ts'
import { fixtures, PROTOCOLS } from '../fixtures/index.ts'
import { requestWith, type AskOptions } from './routing/scene.ts'

const LIMIT: Record<ProtocolName, (most: number) => Record<string, unknown>> = {
  claude: (most) => ({ max_tokens: most }),
  openai: (most) => ({ max_completion_tokens: most }),
  'openai-responses': (most) => ({ max_output_tokens: most }),
  gemini: (most) => ({ generationConfig: { maxOutputTokens: most } }),
}

async function sentWith(capabilities: Capability, ask: AskOptions, to: ProtocolName, wrap = pool) {
  const sent: string[] = []
  const up = endpoint({
    protocol: to,
    baseUrl: 'https://up.test',
    model: 'm',
    capabilities,
    fetch: async (_, init) => {
      sent.push(typeof init?.body === 'string' ? init.body : new TextDecoder().decode(init?.body as Uint8Array))
      return Response.json(fixtures[to].replies.text)
    },
  })
  const response = await wrap([up])(requestWith(ask))
  expect(response.status).toBe(200)
  return JSON.parse(sent[0]!) as Record<string, unknown>
}

describe('the tokens of an answer', () => {
  it.each(PROTOCOLS.flatMap((from) => PROTOCOLS.map((to) => [from, to] as const)))(
    'that %s asks for are cut down to what the model behind %s can give',
    async (from, to) => {
      const sent = await sentWith({ maxOutput: 500 }, { protocol: from, body: LIMIT[from](9000) }, to)
      const said =
        to === 'openai'
          ? [sent['max_tokens'] ?? sent['max_completion_tokens']]
          : [sent['max_tokens'] ?? sent['max_output_tokens'] ?? sent['generationConfig']]
      expect(said).toMatchObject([to === 'gemini' ? { maxOutputTokens: 500 } : 500])
    },
  )

  it.each(PROTOCOLS)('that %s asks for stay where they fit', async (protocol) => {
    const facts = await factsOf(requestWith({ protocol, body: LIMIT[protocol](500) }))
    expect(fitOutput({ maxOutput: 500, contextWindow: 10_000 }, facts)).toBeUndefined()
    expect(fitOutput({ lacks: ['audio'] }, facts)).toBeUndefined()
  })

  it('are cut down to what the window has left', async () => {
    const text = 'word '.repeat(4000)
    const { max_tokens: most } = await sentWith({ contextWindow: 10_000 }, { text, body: { max_tokens: 8000 } }, 'claude')
    expect(most).toBeGreaterThan(3000)
    expect(most).toBeLessThan(4600)
    expect(await sentWith({ contextWindow: 20_000 }, { text, body: { max_tokens: 8000 } }, 'claude')).toMatchObject({ max_tokens: 8000 })
  })

  it('are those of the route, where it sets them', async () => {
    const wrap = (members: readonly Parameters<typeof pool>[0][number][]) =>
      router({ default: { to: members[0] as ReturnType<typeof pool>, set: { maxTokens: 4000, temperature: 0.5 } } })
    expect(await sentWith({ maxOutput: 500 }, { body: { max_tokens: 10 } }, 'claude', wrap as never)).toMatchObject({
      max_tokens: 500,
      temperature: 0.5,
    })
  })
})
