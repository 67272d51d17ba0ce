import { describe, expect, it } from 'vitest'
import { router } from '../../../src/router/routing/router.ts'
import type { Condition } from '../../../src/router/routing/condition.ts'
import { virtualClock } from '../../../src/testing/index.ts'
import { scene, whoAnswers, type AskOptions } from './scene.ts'

async function holds(when: Condition, ask: AskOptions = {}, now = 0): Promise<boolean> {
  const { target } = scene()
  const tenantOf = (request: Request) => request.headers.get('x-tenant') ?? undefined
  const app = router({ default: target('no'), rules: [{ when, to: target('yes') }], clock: virtualClock(now), tenantOf })
  const answer = await whoAnswers(app, ask)
  expect(answer).toMatch(/^(yes by rule 1|no by default)$/)
  return answer.startsWith('yes')
}

const tool = (name: string) => ({ name, input_schema: { type: 'object' } })

describe('a condition', () => {
  it.each<[Condition, AskOptions]>([
    [{}, {}],
    [{ model: 'claude-*' }, { model: 'Claude-opus-5' }],
    [{ model: ['gpt-*', 'o?'] }, { model: 'gpt-5' }],
    [{ model: /^gpt-[45]/ }, { model: 'gpt-5.2' }],
    [{ model: { regex: '^GPT', flags: 'i' } }, { model: 'gpt-5.2' }],
    [{ protocol: 'gemini' }, { protocol: 'gemini' }],
    [{ protocol: ['openai', 'openai-responses'] }, { protocol: 'openai-responses' }],
    [{ client: 'claude-code' }, { headers: { 'user-agent': 'claude-cli/2.1.329 (external, sdk-cli)' } }],
    [{ client: 'codex' }, { headers: { originator: 'codex_exec' } }],
    [{ client: 'codex' }, { headers: { 'user-agent': 'codex_cli_rs/0.169.0' } }],
    [{ client: 'gemini-cli' }, { headers: { 'user-agent': 'GeminiCLI-tui/0.61.0/gemini-3.8-flash' } }],
    [{ client: 'anthropic-sdk' }, { headers: { 'user-agent': 'Anthropic/JS 0.128.0' } }],
    [{ client: 'openai-sdk' }, { headers: { 'user-agent': 'AsyncOpenAI/Python 2.0.0' } }],
    [{ client: 'curl' }, { headers: { 'user-agent': 'curl/8.9.1' } }],
    [{ client: false }, {}],
    [{ tenant: 'team-*' }, { headers: { 'x-tenant': 'team-a' } }],
    [{ session: 's-1' }, { headers: { 'x-claude-code-session-id': 's-1' } }],
    [{ session: '9f' }, { body: { metadata: { user_id: '{"device_id":"d","account_uuid":"","session_id":"9f"}' } } }],
    [{ session: 'thread' }, { protocol: 'openai-responses', body: { prompt_cache_key: 'thread' } }],
    [{ agent: true }, { headers: { 'x-claude-code-agent-id': 'a' } }],
    [{ agent: false }, {}],
    [{ header: { 'X-Team': 'search' } }, { headers: { 'x-team': 'search' } }],
    [{ header: { 'x-team': 's*', 'x-stage': true } }, { headers: { 'x-team': 'search', 'x-stage': '' } }],
    [{ header: { 'x-team': { regex: '^(search|ads)$' } } }, { headers: { 'x-team': 'ads' } }],
    [{ header: { 'x-team': false } }, {}],
    [{ query: { beta: 'true' } }, { query: '?beta=true' }],
    [{ action: 'generate', stream: true }, { body: { stream: true } }],
    [{ stream: true }, { protocol: 'gemini', path: '/v1beta/models/m:streamGenerateContent' }],
    [{ subagent: true }, { headers: { 'x-claude-code-agent-id': 'a' } }],
    [{ background: true }, { model: 'claude-haiku-4-5' }],
    [{ parameter: { temperature: { above: 0.5 } } }, { body: { temperature: 0.7 } }],
    [{ parameter: { 'metadata.team': 'search' } }, { body: { metadata: { team: 'search' } } }],
    [{ parameter: { 'messages.0.content': { contains: 'urgent' } } }, { text: 'this is urgent' }],
    [{ parameter: { stop_sequences: { contains: 'END' } } }, { body: { stop_sequences: ['END'] } }],
    [{ parameter: { service_tier: { not: 'auto' } } }, {}],
    [{ parameter: { stream: true } }, { body: { stream: true } }],
    [{ reasoning: true }, { body: { thinking: { type: 'adaptive' } } }],
    [{ reasoning: 'high' }, { protocol: 'openai', body: { reasoning_effort: 'xhigh' } }],
    [{ reasoning: false }, {}],
    [{ tools: 'mcp__*' }, { body: { tools: [tool('Read'), tool('mcp__db__query')] } }],
    [{ tools: { above: 1 } }, { body: { tools: [tool('a'), tool('b')] } }],
    [{ webSearch: true }, { protocol: 'gemini', body: { tools: [{ googleSearch: {} }] } }],
    [{ images: false, documents: false, audio: false, video: false }, {}],
    [
      { documents: true },
      { body: { messages: [{ role: 'user', content: [{ type: 'document', source: { type: 'url', url: 'https://d.test/a.pdf' } }] }] } },
    ],
    [
      { audio: true },
      {
        protocol: 'openai',
        body: { messages: [{ role: 'user', content: [{ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }] }] },
      },
    ],
    [
      { video: true },
      {
        protocol: 'gemini',
        body: { contents: [{ role: 'user', parts: [{ fileData: { fileUri: 'https://v.test/a.mp4', mimeType: 'video/mp4' } }] }] },
      },
    ],
    [{ structured: true }, { protocol: 'openai', body: { response_format: { type: 'json_object' } } }],
    [{ messages: 1 }, {}],
    [{ maxTokens: { from: 100, to: 100 } }, {}],
    [{ tokens: { above: 1000, below: 5000 } }, { text: 'word '.repeat(1500) }],
    [{ any: [{ model: 'a' }, { model: 'b' }] }, { model: 'b' }],
    [{ all: [{ model: 'a*' }, { not: { model: 'ab' } }] }, { model: 'ac' }],
  ])('%o holds', async (when, ask) => {
    expect(await holds(when, ask)).toBe(true)
    expect(await holds({ not: when }, ask)).toBe(false)
  })

  it.each<[Condition, AskOptions]>([
    [{ model: 'claude' }, { model: 'claude-opus-5' }],
    [{ model: 'a.c' }, { model: 'abc' }],
    [{ protocol: 'openai' }, {}],
    [{ client: 'codex' }, {}],
    [{ header: { 'x-team': 'search' } }, { headers: { 'x-team': 'ads' } }],
    [{ header: { 'x-team': 'a', 'x-other': 'b' } }, { headers: { 'x-team': 'a' } }],
    [{ parameter: { temperature: { above: 0.5 } } }, { body: { temperature: 0.5 } }],
    [{ parameter: { temperature: { above: 0.5 } } }, {}],
    [{ parameter: { 'constructor.name': true } }, {}],
    [{ reasoning: 'high' }, { protocol: 'openai', body: { reasoning_effort: 'medium' } }],
    [{ tools: 'Read' }, { body: { tools: [tool('Write')] } }],
    [{ maxTokens: { above: 0 } }, { protocol: 'openai' }],
    [{ model: 'a', stream: true }, { model: 'a' }],
    [{ any: [] }, {}],
  ])('%o does not hold', async (when, ask) => {
    expect(await holds(when, ask)).toBe(false)
  })

  // Friday, 20 November 2026
  const at = (time: string) => Date.parse(`2026-11-${time}Z`)
  it.each<[Condition['time'], string, boolean]>([
    [{ from: '09:00', to: '17:00' }, '20T09:00:00', true],
    [{ from: '09:00', to: '17:00' }, '20T08:59:59', false],
    [{ from: '09:00', to: '17:00' }, '20T17:00:00', false],
    [{ from: '22:00', to: '06:00' }, '20T23:00:00', true],
    [{ from: '22:00', to: '06:00' }, '20T05:59:00', true],
    [{ from: '22:00', to: '06:00' }, '20T12:00:00', false],
    // the night belongs to the day on which it began
    [{ from: '22:00', to: '06:00', days: ['fri'] }, '21T03:00:00', true],
    [{ from: '22:00', to: '06:00', days: ['fri'] }, '20T03:00:00', false],
    [{ from: '22:00', to: '06:00', days: ['sat'] }, '22T03:00:00', true],
    [{ days: ['sat', 'sun'] }, '21T12:00:00', true],
    [{ days: ['sat', 'sun'] }, '20T23:59:59', false],
    [{ days: ['sat'], zone: 'Asia/Tokyo' }, '20T15:00:00', true],
    [{ from: '09:00', to: '10:00', zone: 'Europe/Berlin' }, '20T08:30:00', true],
    [{ from: '00:00', to: '01:00', zone: 'America/New_York' }, '20T05:30:00', true],
  ])('of time %o at %s: %s', async (time, now, expected) => {
    expect(await holds({ time }, {}, at(now))).toBe(expected)
  })

  it.each<[Condition, string]>([
    [{ modle: 'a' } as Condition, 'router: rule 1: A condition has no part "modle". Known: model, protocol'],
    [{ tokens: { over: 5 } } as Condition, 'router: rule 1: over: 5 is no bound. Known: above, below, from, to'],
    [{ reasoning: 'much' } as unknown as Condition, '"much" is no effort'],
    [{ time: { from: '25:00' } }, '"25:00" is no time of day'],
    [{ time: { days: ['friday'] } } as unknown as Condition, '"friday" is no day'],
    [{ time: { zone: 'Mars/Base' } }, '"Mars/Base" is no time zone'],
    [{ model: { regex: '(' } }, 'Invalid regular expression'],
    [{ any: [{ nope: 1 } as Condition] }, 'A condition has no part "nope"'],
  ])('%o is refused at once', (when, message) => {
    const { target } = scene()
    expect(() => router({ default: target('d'), rules: [{ when, to: target('e') }] })).toThrow(message)
  })
})

describe('functions of the user', () => {
  const { target } = scene()
  const endpoints = { a: target('a'), b: target('b') }

  it('see the facts', async () => {
    const app = router({
      default: 'a',
      endpoints,
      rules: [{ name: 'long tools', when: ({ tools, stream }) => tools.length > 1 && !stream, to: 'b' }],
    })
    expect(await whoAnswers(app, { body: { tools: [tool('x'), tool('y')] } })).toBe('b by long tools')
    expect(await whoAnswers(app)).toBe('a by default')
  })

  it('may choose, at once or later, by name or not', async () => {
    const app = router({
      default: 'a',
      endpoints,
      async choose({ model }, request) {
        await Promise.resolve()
        if (request.headers.has('x-free')) return undefined
        return model === 'x' ? 'b/y' : { to: 'b', maxTokens: 5 }
      },
    })
    expect(await whoAnswers(app, { model: 'x' })).toBe('b/y by choose')
    expect(await whoAnswers(app)).toBe('b by choose')
    expect(await whoAnswers(app, { headers: { 'x-free': '1' } })).toBe('a by default')
  })

  it('that fail are named in the error', async () => {
    const broken = router({ default: 'a', endpoints, choose: () => Promise.reject(new Error('no idea')) })
    expect(await whoAnswers(broken)).toMatch(/^500: .*router: choose failed: no idea/)
    const wrong = router({ default: 'a', endpoints, choose: () => 'c' })
    expect(await whoAnswers(wrong)).toMatch(/^500: .*choose leads to \\"c\\", and no endpoint has that name\. Known: a, b/)
    const rule = router({
      default: 'a',
      endpoints,
      rules: [
        {
          name: 'mine',
          when: () => {
            throw new Error('oops')
          },
          to: 'b',
        },
      ],
    })
    expect(await whoAnswers(rule)).toMatch(/^500: .*router: mine failed: oops/)
  })
})

describe('facts', () => {
  it('are found out only when they are asked for', async () => {
    const { target } = scene()
    // this body cannot be read: whoever reads it fails
    const unreadable = { messages: 'nonsense' }
    const cheap = { model: 'x', header: { a: false }, client: false, protocol: 'claude', stream: false, agent: false, time: {} } as const
    const request = { path: '/v1/messages', body: unreadable, model: 'x' }
    const reached: string[] = []
    const app = router({
      default: target('d'),
      choose: (facts) => {
        reached.push(facts.model ?? '', facts.client ?? 'nobody')
        return undefined
      },
      rules: [
        { when: cheap, to: async () => Response.json({ reached: true }) },
        { when: { tokens: { above: 1 } }, to: target('never') },
      ],
      longContext: target('long'),
    })
    expect(await whoAnswers(app, request)).toMatch(/by rule 1$/)
    expect(reached).toEqual(['x', 'nobody'])
    expect(await whoAnswers(app, { ...request, model: 'y' })).toMatch(/^400: .*messages/)
  })
})
