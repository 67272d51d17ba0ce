import { describe, expect, it } from 'vitest'
import type { ProtocolName } from '../../../src/core/chat.ts'
import { protocols } from '../../../src/transformers/registry.ts'
import { translate } from '../../../src/transformers/translate.ts'
import { adjustBy, type Parameters } from '../../../src/router/routing/parameters.ts'
import { PROTOCOLS } from '../../fixtures/index.ts'
import { requestWith, type Body } from './scene.ts'

/** What a route sets, and the wire's names of it; absent: the protocol has no word for it. */
const SET: readonly [Parameters, Partial<Record<ProtocolName, Body>>, Partial<Record<ProtocolName, readonly Body[]>>][] = [
  [
    { maxTokens: 77 },
    {
      claude: { max_tokens: 77 },
      openai: { max_completion_tokens: 77 },
      'openai-responses': { max_output_tokens: 77 },
      gemini: { maxOutputTokens: 77 },
    },
    { openai: [{ max_tokens: 5 }, { max_tokens: 5, max_completion_tokens: 6 }] },
  ],
  [
    { temperature: 0.7 },
    { claude: { temperature: 0.7 }, openai: { temperature: 0.7 }, 'openai-responses': { temperature: 0.7 }, gemini: { temperature: 0.7 } },
    {},
  ],
  [{ topP: 0.7 }, { claude: { top_p: 0.7 }, openai: { top_p: 0.7 }, 'openai-responses': { top_p: 0.7 }, gemini: { topP: 0.7 } }, {}],
  [{ topK: 7 }, { claude: { top_k: 7 }, openai: { top_k: 7 }, gemini: { topK: 7 } }, {}],
  [{ seed: 7 }, { openai: { seed: 7 }, gemini: { seed: 7 } }, {}],
  [{ frequencyPenalty: 0.5 }, { openai: { frequency_penalty: 0.5 }, gemini: { frequencyPenalty: 0.5 } }, {}],
  [{ presencePenalty: 0.5 }, { openai: { presence_penalty: 0.5 }, gemini: { presencePenalty: 0.5 } }, {}],
  [
    { stop: ['A', 'B'] },
    { claude: { stop_sequences: ['A', 'B'] }, openai: { stop: ['A', 'B'] }, gemini: { stopSequences: ['A', 'B'] } },
    { openai: [{ stop: 'X' }] },
  ],
  [
    { verbosity: 'low' },
    { openai: { verbosity: 'low' }, 'openai-responses': { text: { verbosity: 'low' } } },
    { 'openai-responses': [{ text: { verbosity: 'high' } }] },
  ],
  [
    { serviceTier: 'priority' },
    { openai: { service_tier: 'priority' }, 'openai-responses': { service_tier: 'priority' } },
    {
      openai: [{ service_tier: 'default' }, { service_tier: 'of_my_own' }],
      'openai-responses': [{ service_tier: 'default' }, { service_tier: 'of_my_own' }],
    },
  ],
  [{ serviceTier: 'standard' }, { claude: { service_tier: 'standard_only' } }, { claude: [{ service_tier: 'auto' }, { speed: 'fast' }] }],
]

const grouped = (protocol: ProtocolName, fields: Body): Body => (protocol === 'gemini' ? { generationConfig: fields } : fields)

describe('what a route sets, said in the words of the client that said it otherwise, or not, or as null', () => {
  const cases = SET.flatMap(([set, said, others]) =>
    PROTOCOLS.flatMap((protocol) => {
      const wire = said[protocol]
      if (!wire) return []
      const nulls = Object.fromEntries(Object.keys(wire).map((name) => [name, null]))
      const asked = [{}, ...(protocol === 'claude' ? [] : [nulls]), ...(others[protocol] ?? [])]
      return asked.map((body) => [set, protocol, body, wire] as const)
    }),
  )

  it.each(cases)('%o to %s that said %o', async (set, protocol, asked, wire) => {
    const body = (await requestWith({ protocol, body: grouped(protocol, asked) }).json()) as Body
    const chat = protocols[protocol].decodeRequest(body, { model: 'm' })
    const sent = translate(body, { from: protocol, to: protocol, chat, clientModel: 'm', model: 'm', adjust: adjustBy({ set })! }).body
    expect(sent).toMatchObject(grouped(protocol, wire))
    for (const name of Object.keys(asked)) if (!(name in wire)) expect(sent).not.toHaveProperty(name)
  })

  it.each(cases)('nothing of %o to %s that said %o, where it is taken away', async (set, protocol, asked, wire) => {
    const [name] = Object.keys(set)
    const body = (await requestWith({ protocol, body: grouped(protocol, { ...wire, ...asked }) }).json()) as Body
    const chat = protocols[protocol].decodeRequest(body, { model: 'm' })
    const adjust = adjustBy({ set: { [name!]: null } })!
    const sent = translate(body, { from: protocol, to: protocol, chat, clientModel: 'm', model: 'm', adjust }).body
    const config = (protocol === 'gemini' ? sent['generationConfig'] : sent) as Body | undefined
    for (const field of [...Object.keys(wire), ...Object.keys(asked)])
      if (field !== 'text') expect(config?.[field] ?? undefined).toBeUndefined()
  })
})
