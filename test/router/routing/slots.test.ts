import { describe, expect, it } from 'vitest'
import type { ProtocolName } from '../../../src/core/chat.ts'
import { router } from '../../../src/router/routing/router.ts'
import { scene, whoAnswers, type AskOptions, type Body } from './scene.ts'

const gemini = (generationConfig: Body): AskOptions => ({ protocol: 'gemini', body: { generationConfig } })
const responses = (body: Body): AskOptions => ({ protocol: 'openai-responses', body })
const openai = (body: Body): AskOptions => ({ protocol: 'openai', body })
const claude = (body: Body): AskOptions => ({ body: { max_tokens: 50_000, ...body } })

describe('think', () => {
  const { target } = scene()
  const app = router({ default: target('default'), think: target('think') })

  it.each<[string, AskOptions]>([
    ["Claude's budget", claude({ thinking: { type: 'enabled', budget_tokens: 31_999 } })],
    ["Claude's adaptive thinking", claude({ thinking: { type: 'adaptive' } })],
    [
      "Claude Code's adaptive thinking",
      claude({ thinking: { type: 'adaptive', display: 'updates' }, output_config: { effort: 'medium' } }),
    ],
    ["Claude's effort", claude({ output_config: { effort: 'high' } })],
    ['reasoning_effort', openai({ reasoning_effort: 'low' })],
    ["OpenRouter's reasoning", openai({ reasoning: { max_tokens: 2000 } })],
    ["DeepSeek's thinking", openai({ thinking: { type: 'enabled' } })],
    ["Qwen's enable_thinking", openai({ enable_thinking: true })],
    ["Responses' effort", responses({ reasoning: { effort: 'high', summary: 'auto' } })],
    ["Gemini's budget", gemini({ thinkingConfig: { thinkingBudget: 2048 } })],
    ["Gemini's dynamic budget", gemini({ thinkingConfig: { thinkingBudget: -1 } })],
    ["Gemini's level", gemini({ thinkingConfig: { includeThoughts: true, thinkingLevel: 'HIGH' } })],
  ])('%s asks for reasoning', async (_, ask) => {
    expect(await whoAnswers(app, ask)).toBe('think by think')
  })

  it.each<[string, AskOptions]>([
    ['nothing', {}],
    ['disabled', claude({ thinking: { type: 'disabled' } })],
    ['an effort of none', openai({ reasoning_effort: 'none' })],
    ['a minimal effort', openai({ reasoning_effort: 'minimal' })],
    ['enable_thinking: false', openai({ enable_thinking: false })],
    ["Codex' summary alone", responses({ reasoning: { summary: 'auto' } })],
    ['a budget of 0', gemini({ thinkingConfig: { thinkingBudget: 0 } })],
    ['includeThoughts alone', gemini({ thinkingConfig: { includeThoughts: true } })],
  ])('%s does not', async (_, ask) => {
    expect(await whoAnswers(app, ask)).toBe('default by default')
  })

  it('begins where it is told to', async () => {
    const high = router({ default: target('default'), think: { to: target('think'), effort: 'high' } })
    expect(await whoAnswers(high, claude({ thinking: { type: 'adaptive' }, output_config: { effort: 'medium' } }))).toBe(
      'default by default',
    )
    expect(await whoAnswers(high, claude({ thinking: { type: 'enabled', budget_tokens: 8192 } }))).toBe('default by default')
    expect(await whoAnswers(high, claude({ thinking: { type: 'enabled', budget_tokens: 31_999 } }))).toBe('think by think')
    expect(await whoAnswers(high, openai({ reasoning_effort: 'xhigh' }))).toBe('think by think')
  })
})

describe('background', () => {
  const { target } = scene()
  const app = router({ default: target('default'), background: target('background') })
  const title = {
    tools: [],
    output_config: { format: { type: 'json_schema', schema: { type: 'object', properties: { title: { type: 'string' } } } } },
  }
  const claudeCode = { 'user-agent': 'claude-cli/2.1.329 (external, cli)' }

  it.each<[string, AskOptions]>([
    ['the Haiku of old', { model: 'claude-3-5-haiku-20241022' }],
    ['the Haiku of today', { model: 'claude-haiku-4-5' }],
    ['a Haiku to come', { model: 'claude-haiku-5-5' }],
    ["a gateway's Haiku", { model: 'anthropic/claude-haiku-4.5' }],
    ["Bedrock's Haiku", { model: 'us.anthropic.claude-haiku-4-5-20251001-v1:0' }],
    ["Claude Code's title, asked of its main model", { model: 'claude-opus-5-5', headers: claudeCode, body: title }],
    [
      "Gemini CLI's choice of a model",
      { protocol: 'gemini', model: 'gemini-3.5-flash-lite', headers: { 'user-agent': 'GeminiCLI-tui/0.61.0' } },
    ],
  ])('%s', async (_, ask) => {
    expect(await whoAnswers(app, ask)).toBe('background by background')
  })

  it.each<[string, AskOptions]>([
    ['another model', { model: 'claude-sonnet-5' }],
    ['a schema of another program', { model: 'claude-opus-5-5', body: title }],
    [
      'another schema',
      { headers: claudeCode, body: { output_config: { format: { type: 'json_schema', schema: { properties: { name: {} } } } } } },
    ],
    ['a conversation with tools', { headers: claudeCode, body: { ...title, tools: [{ name: 'Read', input_schema: { type: 'object' } }] } }],
    ['a small model that somebody else asks for', { protocol: 'gemini', model: 'gemini-3.5-flash-lite' }],
  ])('%s is not', async (_, ask) => {
    expect(await whoAnswers(app, ask)).toBe('default by default')
  })

  it('may be other models', async () => {
    const other = router({ default: target('default'), background: { to: target('background'), models: ['*-nano', 'gemini-*-lite'] } })
    expect(await whoAnswers(other, { protocol: 'openai', model: 'gpt-5-nano' })).toBe('background by background')
    expect(await whoAnswers(other, { model: 'claude-haiku-4-5' })).toBe('default by default')
  })
})

const PNG = 'iVBORw0KGgo='
const CALL = { type: 'tool_use', id: 'toolu_1', name: 'shot', input: {} }

describe('image', () => {
  const { target } = scene()
  const app = router({ default: target('default'), image: target('image') })

  it.each<[string, AskOptions]>([
    [
      'of Claude',
      claude({ messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'url', url: 'https://i.test/a.png' } }] }] }),
    ],
    [
      "in a tool's result",
      claude({
        messages: [
          { role: 'user', content: 'Look' },
          { role: 'assistant', content: [CALL] },
          {
            role: 'user',
            content: [
              {
                type: 'tool_result',
                tool_use_id: 'toolu_1',
                content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } }],
              },
            ],
          },
        ],
      }),
    ],
    [
      'of Chat Completions',
      openai({ messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } }] }] }),
    ],
    [
      'of Responses',
      responses({ input: [{ role: 'user', content: [{ type: 'input_image', image_url: `data:image/png;base64,${PNG}` }] }] }),
    ],
    [
      'of Gemini',
      { protocol: 'gemini', body: { contents: [{ role: 'user', parts: [{ inlineData: { mimeType: 'image/png', data: PNG } }] }] } },
    ],
  ])('%s', async (_, ask) => {
    expect(await whoAnswers(app, ask)).toBe('image by image')
  })

  it('is not a document', async () => {
    const pdf = { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: PNG } }
    expect(await whoAnswers(app, claude({ messages: [{ role: 'user', content: [pdf] }] }))).toBe('default by default')
  })
})

describe('webSearch', () => {
  const { target } = scene()
  const app = router({ default: target('default'), webSearch: target('web') })

  it.each<[ProtocolName, Body]>([
    ['claude', { tools: [{ type: 'web_search_20250305', name: 'web_search' }] }],
    ['claude', { tools: [{ type: 'web_search_20260209', name: 'web_search', max_uses: 8 }] }],
    ['openai', { web_search_options: {} }],
    ['openai-responses', { tools: [{ type: 'web_search' }] }],
    ['openai-responses', { tools: [{ type: 'web_search_preview' }] }],
    ['gemini', { tools: [{ googleSearch: {} }] }],
  ])('asked of %s: %o', async (protocol, body) => {
    expect(await whoAnswers(app, { protocol, body })).toBe('web by webSearch')
  })

  it("is not a client's own tool of that name", async () => {
    const tool = { name: 'WebSearch', description: 'Search the web', input_schema: { type: 'object', properties: {} } }
    expect(await whoAnswers(app, claude({ tools: [tool] }))).toBe('default by default')
  })
})

describe('subagent', () => {
  const { target, seen } = scene()
  const billing = 'x-anthropic-billing-header: cc_version=2.1.329.abc; cc_entrypoint=cli; cc_is_subagent=true;'
  const app = router({
    default: target('default'),
    endpoints: { lab: target('lab') },
    subagent: target('subagent'),
    models: { 'gemini-*': target('google') },
    tiers: { small: target('small') },
  })

  it.each<[string, AskOptions]>([
    ["Claude Code's header", { headers: { 'x-claude-code-agent-id': 'a1b2' } }],
    ["Claude Code's first line", claude({ system: [{ type: 'text', text: billing }] })],
    ["Codex' header", { protocol: 'openai-responses', headers: { 'x-openai-subagent': 'review' } }],
  ])('by %s', async (_, ask) => {
    expect(await whoAnswers(app, ask)).toBe('subagent by subagent')
  })

  it('not by what a user writes', async () => {
    expect(await whoAnswers(app, { text: billing })).toBe('default by default')
  })

  const TAG = '<CCR-SUBAGENT-MODEL>lab,deepseek-chat</CCR-SUBAGENT-MODEL>'
  it.each<[string, AskOptions]>([
    ["Claude's instructions", claude({ system: `${TAG}You are a reviewer.` })],
    [
      'a later part of the instructions',
      claude({
        system: [
          { type: 'text', text: 'You are Claude Code.' },
          { type: 'text', text: `\n${TAG}\nYou are a reviewer.` },
        ],
      }),
    ],
    ["the first message's prompt", { text: `${TAG} Review this.` }],
    [
      'a later part of the first message',
      claude({
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: '<system-reminder>x</system-reminder>' },
              { type: 'text', text: TAG },
              { type: 'text', text: 'Go.' },
            ],
          },
        ],
      }),
    ],
    [
      'a system message of Chat Completions',
      openai({
        messages: [
          { role: 'system', content: `${TAG}Be brief.` },
          { role: 'user', content: 'Hi' },
        ],
      }),
    ],
    ["Responses' instructions", responses({ instructions: `${TAG}Be brief.` })],
    ["Gemini's instructions", { protocol: 'gemini', body: { systemInstruction: { parts: [{ text: `${TAG}Be brief.` }] } } }],
  ])('by a tag in %s, which is not sent on', async (_, ask) => {
    seen.length = 0
    expect(await whoAnswers(app, ask)).toBe('lab/deepseek-chat by subagent tag')
    expect(JSON.stringify(seen[0]!.chat)).not.toContain('CCR-SUBAGENT-MODEL')
    expect(seen[0]!.chat.messages.flatMap(({ parts }) => parts).every((part) => part.type !== 'text' || part.text !== '')).toBe(true)
  })

  it.each<[string, AskOptions]>([
    ['amid a text', { text: `Write ${TAG} at the beginning.` }],
    [
      'in a later message',
      claude({
        messages: [
          { role: 'user', content: 'Hi' },
          { role: 'assistant', content: 'Hi' },
          { role: 'user', content: `${TAG}x` },
        ],
      }),
    ],
    [
      "in a tool's result",
      claude({
        messages: [
          { role: 'user', content: 'Hi' },
          { role: 'assistant', content: [CALL] },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: TAG }] },
        ],
      }),
    ],
  ])('not by a tag %s, which stays', async (_, ask) => {
    seen.length = 0
    expect(await whoAnswers(app, ask)).toBe('default by default')
    expect(JSON.stringify(seen[0]!.chat)).toContain('CCR-SUBAGENT-MODEL')
  })

  it.each([
    ['gemini-3-pro', 'google by subagent tag'],
    ['claude-haiku-4-5', 'small by subagent tag'],
    ['LAB/x', 'lab/x by subagent tag'],
  ])('by a tag that says %s', async (model, expected) => {
    expect(await whoAnswers(app, { text: `<CCR-SUBAGENT-MODEL>${model}</CCR-SUBAGENT-MODEL>Hi` })).toBe(expected)
  })

  it('by a tag that leads nowhere: says so', async () => {
    expect(await whoAnswers(app, { text: '<CCR-SUBAGENT-MODEL>nobody,x</CCR-SUBAGENT-MODEL>Hi' })).toMatch(
      /^400: .*says \\"nobody,x\\", and there is no such endpoint or model here\. Known: lab\./,
    )
  })

  it('takes the tag out whoever chose', async () => {
    seen.length = 0
    expect(await whoAnswers(app, { text: `${TAG}Hi`, headers: { 'x-ccn-endpoint': 'lab' } })).toBe('lab by header x-ccn-endpoint')
    expect(seen[0]!.chat.messages[0]!.parts).toMatchObject([{ text: 'Hi' }])
  })
})

describe('longContext', () => {
  const { target } = scene()
  const words = (tokens: number) => 'word '.repeat(Math.ceil(tokens / 1.35))

  it.each<[string, AskOptions]>([
    ['a text', { text: words(61_000) }],
    ['instructions in blocks', claude({ system: [{ type: 'text', text: words(61_000) }] })],
    [
      "a tool's result",
      claude({
        messages: [
          { role: 'user', content: 'Hi' },
          { role: 'assistant', content: [CALL] },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: [{ type: 'text', text: words(61_000) }] }] },
        ],
      }),
    ],
    ['tools', claude({ tools: [{ name: 'x', description: words(61_000), input_schema: { type: 'object' } }] })],
    ['of Chat Completions', openai({ messages: [{ role: 'user', content: [{ type: 'text', text: words(61_000) }] }] })],
    ['of Responses', responses({ instructions: words(61_000) })],
    ['of Gemini', { protocol: 'gemini', text: words(61_000) }],
  ])('%s', async (_, ask) => {
    expect(await whoAnswers(router({ default: target('default'), longContext: target('long') }), ask)).toBe('long by longContext')
  })

  it('is above 60 000 tokens, or what is said', async () => {
    const app = router({ default: target('default'), longContext: target('long') })
    expect(await whoAnswers(app, { text: words(59_000) })).toBe('default by default')
    const small = router({ default: target('default'), longContext: { to: target('long'), above: 1000 } })
    expect(await whoAnswers(small, { text: words(1100) })).toBe('long by longContext')
    expect(await whoAnswers(small, { text: words(900) })).toBe('default by default')
  })

  it('is strictly above', async () => {
    let tokens = 0
    const read = router({ default: target('default'), choose: (facts) => void (tokens = facts.tokens) })
    await whoAnswers(read, { text: words(500) })
    const at = (above: number) =>
      whoAnswers(router({ default: target('default'), longContext: { to: target('long'), above } }), { text: words(500) })
    expect(await at(tokens)).toBe('default by default')
    expect(await at(tokens - 1)).toBe('long by longContext')
  })

  it('does not move a request that only counts tokens', async () => {
    const { target: count, seen } = scene()
    const app = router({ default: count('default'), longContext: count('long') })
    await whoAnswers(app, { path: '/v1/messages/count_tokens', text: words(61_000) })
    expect(seen.map(({ name }) => name)).toEqual(['default'])
  })
})
