import { describe, expect, test } from 'vitest'
import { translate, type TranslateOptions } from '../../src/transformers/translate.ts'

type Target = Pick<TranslateOptions, 'to' | 'dialect' | 'model'>

const CLAUDE: Target = { to: 'claude', model: 'claude-sonnet-4-5' }
const GEMINI: Target = { to: 'gemini', model: 'gemini-2.5-pro' }
const GEMINI_3: Target = { to: 'gemini', model: 'gemini-3-pro-preview' }
const CHAT: Target = { to: 'openai', model: 'gpt-5' }
const OPENROUTER: Target = { to: 'openai', dialect: 'openrouter' }
const GROQ: Target = { to: 'openai', dialect: 'groq' }
const MISTRAL: Target = { to: 'openai', dialect: 'mistral' }

const f = { type: 'function', name: 'f', parameters: { type: 'object', properties: {} } }
const search = { type: 'web_search' }
const files = { type: 'file_search', vector_store_ids: ['vs_1'] }
const code = { type: 'code_interpreter', container: { type: 'auto' } }
const mcp = { type: 'mcp', server_label: 'wiki', server_url: 'https://wiki.example' }
const allow = (mode: string, ...tools: object[]) => ({ type: 'allowed_tools', mode, tools })
const chooseF = { type: 'function', name: 'f' }
const chooseFunction = (name: string) => ({ type: 'function', function: { name } })

/** What is written of the choice, and every notice about it. */
function asked(tools: object[], choice: unknown, target: Target) {
  const { body, notices } = translate(
    { model: 'm', input: 'x', tools, tool_choice: choice },
    { from: 'openai-responses', model: 'm', ...target },
  )
  return {
    body,
    choice: (body.toolConfig as Record<string, unknown> | undefined)?.functionCallingConfig ?? body.tool_choice,
    notes: notices.filter(({ path }) => path === '/tool_choice').map(({ action, reason }) => ({ action, reason })),
  }
}

const dropped = (name: string) => [{ action: 'dropped', reason: `${name} cannot be chosen here by name` }]
const approximated = (name: string) => [{ action: 'approximated', reason: `${name} cannot be chosen here by name; the others are` }]

describe('the choice of a tool that the provider runs', () => {
  test.each([
    ['code_interpreter', code, { type: 'code_interpreter' }, 'code_execution'],
    ['web_search', search, search, 'web_search'],
    ['web_search_preview', { type: 'web_search_preview' }, { type: 'web_search_preview' }, 'web_search'],
    ['a search by another of its names', { type: 'web_search_2025_08_26' }, { type: 'web_search_preview' }, 'web_search'],
  ])('names what stands in for it with Claude: %s', (_, tool, choice, name) => {
    const { body, choice: said, notes } = asked([tool, f], choice, CLAUDE)
    expect(said).toEqual({ type: 'tool', name })
    expect(body.tools).toContainEqual(expect.objectContaining({ name }))
    expect(notes).toEqual([])
  })

  test.each([
    ['claude', [files, f], { type: 'file_search' }, 'file_search', CLAUDE],
    ['claude, mcp', [mcp, f], { type: 'mcp', server_label: 'wiki' }, 'wiki', CLAUDE],
    ['claude, a tool of mcp', [mcp, f], { type: 'mcp', server_label: 'wiki', name: 'look_up' }, 'look_up', CLAUDE],
    [
      'claude, where a function has the name',
      [{ ...f, name: 'code_execution' }, code],
      { type: 'code_interpreter' },
      'code_interpreter',
      CLAUDE,
    ],
    ['gemini', [search, f], search, 'web_search', GEMINI],
    ['gemini, mcp', [mcp, f], { type: 'mcp', server_label: 'wiki' }, 'wiki', GEMINI],
    ['chat', [files, f], { type: 'file_search' }, 'file_search', CHAT],
    ['chat, mcp', [mcp, f], { type: 'mcp', server_label: 'wiki' }, 'wiki', CHAT],
    ['openrouter', [search, f], search, 'web_search', OPENROUTER],
    ['groq', [search, f], search, 'web_search', GROQ],
    ['mistral', [files, f], { type: 'file_search' }, 'file_search', MISTRAL],
  ])('is dropped where nothing of the name can be chosen: %s', (_, tools, choice, name, target) => {
    const { body, choice: said, notes } = asked(tools, choice, target)
    expect(said).toBeUndefined()
    expect(notes).toEqual(dropped(name))
    expect(JSON.stringify(body.tools)).toContain('"properties":{}')
  })

  test('leaves what else the choice says', () => {
    const { body } = translate(
      { model: 'm', input: 'x', tools: [files, f], tool_choice: { type: 'file_search' }, parallel_tool_calls: false },
      { from: 'openai-responses', ...CLAUDE },
    )
    expect(body.tool_choice).toEqual({ type: 'auto', disable_parallel_tool_use: true })
  })

  test('is the mode of strict tools alone with Gemini', () => {
    const strict = { ...f, strict: true, parameters: { type: 'object', properties: {}, additionalProperties: false } }
    expect(asked([search, strict], search, GEMINI).choice).toEqual({ mode: 'VALIDATED' })
  })
})

test('Gemini 3 is left to choose between its own tools and the functions', () => {
  const { choice, notes } = asked([search, f], search, GEMINI_3)
  expect(choice).toEqual({ mode: 'VALIDATED' })
  expect(notes).toEqual(dropped('web_search'))
})

describe('allowed tools, some of which the provider runs', () => {
  const searchOrF = allow('required', search, chooseF)

  test('are with Gemini the functions among them', () => {
    const { choice, notes } = asked([search, f], searchOrF, GEMINI)
    expect(choice).toEqual({ mode: 'ANY', allowedFunctionNames: ['f'] })
    expect(notes).toEqual(approximated('web_search'))
  })

  test('are with Chat the functions among them', () => {
    const { choice, notes } = asked([files, f], allow('auto', { type: 'file_search' }, chooseF), CHAT)
    expect(choice).toEqual({
      type: 'allowed_tools',
      allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'f' } }] },
    })
    expect(notes).toEqual(approximated('file_search'))
  })

  test.each([
    ['gemini', [search, f], search, 'web_search', GEMINI],
    ['chat', [files, f], { type: 'file_search' }, 'file_search', CHAT],
    ['chat, mcp', [mcp, f], { type: 'mcp', server_label: 'wiki' }, 'wiki', CHAT],
  ])('are dropped where none of them remains: %s', (_, tools, tool, name, target) => {
    const { choice, notes } = asked(tools, allow('required', tool), target)
    expect(choice).toBeUndefined()
    expect(notes).toEqual(dropped(name))
  })

  test('are sent alone where they cannot be named', () => {
    const { body, choice } = asked([search, f], allow('required', search), GROQ)
    expect(body.tools).toEqual([{ type: 'browser_search' }])
    expect(choice).toBe('required')
    expect(asked([search, f], searchOrF, CLAUDE).choice).toEqual({ type: 'any' })
  })
})

describe('what the provider runs and the choice does not allow', () => {
  const left = (target: Target, tools: object[], choice: object) =>
    translate({ model: 'm', input: 'x', tools, tool_choice: choice }, { from: 'openai-responses', model: 'm', ...target })
  test.each([
    ['claude', CLAUDE],
    ['gemini', GEMINI_3],
    ['groq', GROQ],
    ['openrouter', OPENROUTER],
    ['chat', { ...CHAT, model: 'gpt-5-search-api' }],
  ])('is not offered: %s', (_, target) => {
    const { body, notices } = left(target, [search, f], allow('auto', chooseF))
    expect(JSON.stringify(body)).not.toMatch(/search/i.test(body.model as string) ? /web_search/ : /search/i)
    expect(JSON.stringify(body.tools)).toContain('"f"')
    expect(notices.find(({ path }) => path === '/tools/0')).toMatchObject({ action: 'dropped', minor: true })
    const both = left(target, [search, f], allow('auto', chooseF, { type: 'web_search_preview' })).body
    expect(JSON.stringify({ ...both, model: '' })).toMatch(/search/i)
  })

  test('is offered where one of several is allowed, or a tool of a server', () => {
    const wiki = { type: 'mcp', server_label: 'wiki', name: 'look_up' }
    const kept = translate(
      { model: 'm', input: 'x', tools: [mcp, { ...mcp, server_label: 'other' }, f], tool_choice: allow('auto', chooseF, wiki) },
      { from: 'openai-responses', to: 'openai', dialect: 'groq', model: 'm' },
    )
    const reasons = kept.notices.filter(({ path }) => path.startsWith('/tools/')).map(({ path, reason }) => `${path} ${reason}`)
    expect(reasons).toContain('/tools/1 the choice leaves this tool out')
    expect(reasons).not.toContain('/tools/0 the choice leaves this tool out')
  })

  test('is no matter of the choices of Gemini and of a search that is no tool', () => {
    const functionDeclarations = [{ name: 'f', parameters: { type: 'OBJECT', properties: {} } }]
    const toolConfig = { functionCallingConfig: { mode: 'VALIDATED', allowedFunctionNames: ['f'] } }
    const contents = [{ role: 'user', parts: [{ text: 'x' }] }]
    const asked = translate(
      { contents, tools: [{ googleSearch: {} }, { functionDeclarations }], toolConfig },
      { from: 'gemini', ...CLAUDE },
    )
    expect(asked.body.tools).toContainEqual(expect.objectContaining({ name: 'web_search' }))
    const chat = translate(
      {
        model: 'm',
        messages: [{ role: 'user', content: 'x' }],
        web_search_options: {},
        tools: [{ type: 'function', function: { name: 'f' } }],
        tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [chooseFunction('f')] } },
      },
      { from: 'openai', ...CLAUDE },
    )
    expect(chat.body.tools).toContainEqual(expect.objectContaining({ name: 'web_search' }))
  })
})

describe("the choice of one of Claude's own tools, asked of OpenAI", () => {
  const own = {
    web_search: { type: 'web_search_20250305', name: 'web_search' },
    code_execution: { type: 'code_execution_20250825', name: 'code_execution' },
    web_fetch: { type: 'web_fetch_20250910', name: 'web_fetch' },
  }
  const g = { name: 'g', input_schema: { type: 'object', properties: {} } }
  const chosen = (name: keyof typeof own) =>
    translate(
      {
        model: 'm',
        max_tokens: 9,
        messages: [{ role: 'user', content: 'x' }],
        tools: [own[name], g],
        tool_choice: { type: 'tool', name },
      },
      { from: 'claude', to: 'openai-responses', model: 'gpt-5' },
    )

  test('is that of what stands in for it', () => {
    expect(chosen('web_search').body.tool_choice).toEqual({ type: 'web_search' })
    expect(chosen('code_execution').body.tool_choice).toEqual({ type: 'code_interpreter' })
  })

  test('is dropped where nothing does', () => {
    const { body, notices } = chosen('web_fetch')
    expect(body).not.toHaveProperty('tool_choice')
    expect(notices).toContainEqual(expect.objectContaining({ ...dropped('web_fetch')[0], path: '/tool_choice' }))
  })
})

describe('a choice that OpenAI Responses gets back', () => {
  test('is as it was', () => {
    const body = { model: 'm', input: 'x', tools: [mcp, files, f], tool_choice: { type: 'mcp', server_label: 'wiki', name: 'look_up' } }
    const sent = translate(body, { from: 'openai-responses', to: 'openai-responses', adjust: (chat) => ({ ...chat }) })
    expect(sent.body).toEqual(body)
  })

  test('names its own tools where it was set on the way', () => {
    const sent = (name: string) =>
      translate(
        { model: 'm', input: 'x', tools: [mcp, { type: 'web_search_preview' }, f] },
        { from: 'openai-responses', to: 'openai-responses', adjust: (chat) => ({ ...chat, toolChoice: { type: 'tool', name } }) },
      ).body.tool_choice
    expect(sent('wiki')).toEqual({ type: 'mcp', server_label: 'wiki' })
    expect(sent('web_search')).toEqual({ type: 'web_search_preview' })
  })
})
