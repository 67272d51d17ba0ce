import { describe, expect, it } from 'vitest'
import { dialectFor } from '../../../src/transformers/dialects.ts'
import { openai } from '../../../src/transformers/openai/index.ts'

const address = (baseUrl: string) =>
  openai.address(baseUrl, { model: 'm', stream: false, dialect: dialectFor({ protocol: 'openai', baseUrl }) })

describe('the address of an upstream', () => {
  it.each([
    ['https://api.openai.com', 'https://api.openai.com/v1/chat/completions'],
    ['https://api.openai.com/', 'https://api.openai.com/v1/chat/completions'],
    ['https://api.openai.com/v1', 'https://api.openai.com/v1/chat/completions'],
    ['https://api.openai.com/v1/', 'https://api.openai.com/v1/chat/completions'],
    ['https://api.openai.com/v1/chat/completions', 'https://api.openai.com/v1/chat/completions'],
    ['https://r.openai.azure.com', 'https://r.openai.azure.com/openai/v1/chat/completions'],
    ['https://r.openai.azure.com/openai/v1', 'https://r.openai.azure.com/openai/v1/chat/completions'],
    [
      'https://r.openai.azure.com/openai/deployments/gpt?api-version=2025-01-01',
      'https://r.openai.azure.com/openai/deployments/gpt/chat/completions?api-version=2025-01-01',
    ],
    ['https://api.z.ai/api/paas/v4', 'https://api.z.ai/api/paas/v4/chat/completions'],
    ['https://api.z.ai/api/coding/paas/v4/', 'https://api.z.ai/api/coding/paas/v4/chat/completions'],
    ['https://open.bigmodel.cn', 'https://open.bigmodel.cn/api/paas/v4/chat/completions'],
    ['https://api.githubcopilot.com', 'https://api.githubcopilot.com/chat/completions'],
    ['https://openrouter.ai', 'https://openrouter.ai/api/v1/chat/completions'],
    ['https://openrouter.ai/api', 'https://openrouter.ai/api/v1/chat/completions'],
    ['https://api.groq.com', 'https://api.groq.com/openai/v1/chat/completions'],
    ['https://api.groq.com/openai', 'https://api.groq.com/openai/v1/chat/completions'],
    ['https://api.deepseek.com', 'https://api.deepseek.com/v1/chat/completions'],
    ['https://api.fireworks.ai/inference', 'https://api.fireworks.ai/inference/v1/chat/completions'],
    ['https://dashscope-intl.aliyuncs.com', 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1/chat/completions'],
    [
      'https://generativelanguage.googleapis.com/v1beta/openai/',
      'https://generativelanguage.googleapis.com/v1beta/openai/chat/completions',
    ],
    ['https://generativelanguage.googleapis.com', 'https://generativelanguage.googleapis.com/v1beta/openai/chat/completions'],
    ['https://models.github.ai/inference', 'https://models.github.ai/inference/chat/completions'],
    ['https://api.perplexity.ai', 'https://api.perplexity.ai/chat/completions'],
    ['http://localhost:11434', 'http://localhost:11434/v1/chat/completions'],
    ['http://127.0.0.1:1234/v1', 'http://127.0.0.1:1234/v1/chat/completions'],
    ['https://gateway.example/llm', 'https://gateway.example/llm/v1/chat/completions'],
    ['https://gateway.example/openai/v2?key=a', 'https://gateway.example/openai/v2/chat/completions?key=a'],
  ])('%s', (baseUrl, url) => {
    expect(address(baseUrl)).toBe(url)
  })
})

describe('the key', () => {
  const credentials = (baseUrl: string, key?: string) => openai.credentials(key, dialectFor({ protocol: 'openai', baseUrl }))
  it('is a bearer, or in a header of its own', () => {
    expect(credentials('https://api.openai.com', 'k')).toEqual({ authorization: 'Bearer k' })
    expect(credentials('https://r.openai.azure.com', 'k')).toEqual({ 'api-key': 'k' })
    expect(credentials('https://r.openai.azure.com', 'eyJh.eyJi.c2ln')).toEqual({ authorization: 'Bearer eyJh.eyJi.c2ln' })
    expect(credentials('http://localhost:11434')).toEqual({})
  })
})

describe("a client's path", () => {
  it.each([
    ['POST', '/v1/chat/completions', { action: 'generate' }],
    ['POST', '/any/prefix/chat/completions/', { action: 'generate' }],
    ['GET', '/v1/chat/completions', undefined],
    ['POST', '/v1/completions', undefined],
    ['POST', '/v1/messages', undefined],
  ])('%s %s', (method, path, route) => {
    expect(openai.route(method, new URL(path, 'http://localhost'))).toEqual(route)
  })
})
