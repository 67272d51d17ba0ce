import { describe, expect, it } from 'vitest'
import { chatDialects } from '../../src/transformers/dialects-chat.ts'
import { dialectFor } from '../../src/transformers/dialects.ts'

describe('a dialect', () => {
  it.each([
    ['https://api.openai.com/v1', 'openai'],
    ['https://eu.api.openai.com/v1', 'openai'],
    ['https://r.openai.azure.com', 'azure'],
    ['https://r.services.ai.azure.com/openai/v1', 'azure'],
    ['https://openrouter.ai/api/v1', 'openrouter'],
    ['https://api.deepseek.com', 'deepseek'],
    ['https://api.groq.com/openai/v1', 'groq'],
    ['https://api.mistral.ai/v1', 'mistral'],
    ['https://api.x.ai/v1', 'xai'],
    ['https://dashscope.aliyuncs.com/compatible-mode/v1', 'qwen'],
    ['https://dashscope-intl.aliyuncs.com/compatible-mode/v1', 'qwen'],
    ['https://api.moonshot.cn/v1', 'moonshot'],
    ['https://api.kimi.com/coding/v1', 'moonshot'],
    ['https://api.z.ai/api/paas/v4', 'glm'],
    ['https://open.bigmodel.cn/api/paas/v4', 'glm'],
    ['https://api.minimax.io/v1', 'minimax'],
    ['https://api.cerebras.ai/v1', 'cerebras'],
    ['https://api.together.xyz/v1', 'together'],
    ['https://api.fireworks.ai/inference/v1', 'fireworks'],
    ['http://localhost:11434/v1', 'ollama'],
    ['http://10.0.0.5:11434', 'ollama'],
    ['http://localhost:8000/v1', 'vllm'],
    ['http://localhost:1234/v1', 'lmstudio'],
    ['https://models.github.ai/inference', 'github'],
    ['https://api.githubcopilot.com', 'copilot'],
    ['https://api.business.githubcopilot.com', 'copilot'],
    ['https://generativelanguage.googleapis.com/v1beta/openai', 'gemini-openai'],
    ['https://api.perplexity.ai', 'perplexity'],
    ['https://llm.example/v1', 'compatible'],
    ['https://notopenrouter.ai.example', 'compatible'],
    ['https://myx.ai', 'compatible'],
  ])('is told by %s', (baseUrl, name) => {
    expect(dialectFor({ protocol: 'openai', baseUrl }).name).toBe(name)
  })

  it('is told by its name, whatever the URL', () => {
    expect(dialectFor({ protocol: 'openai', baseUrl: 'https://api.openai.com', dialect: 'vllm' }).name).toBe('vllm')
    expect(() => dialectFor({ protocol: 'openai', dialect: 'vlmm' })).toThrow(/unknown name "vlmm".*Known:.*ollama.*vllm/)
    expect(() => dialectFor({ protocol: 'openai', dialect: 'vlmm' })).toThrow(TypeError)
  })

  it('of the other protocols', () => {
    expect(dialectFor({ protocol: 'openai' })).toMatchObject({ name: 'openai' })
    expect(dialectFor({ protocol: 'claude', baseUrl: 'https://api.deepseek.com/anthropic' })).toEqual({ name: 'claude' })
    expect(dialectFor({ protocol: 'gemini', baseUrl: 'https://generativelanguage.googleapis.com' })).toEqual({ name: 'gemini' })
    expect(dialectFor({ protocol: 'gemini', baseUrl: 'https://us-central1-aiplatform.googleapis.com' }).name).toBe('vertex')
    expect(dialectFor({ protocol: 'gemini', baseUrl: 'https://aiplatform.googleapis.com' }).name).toBe('vertex')
    expect(dialectFor({ protocol: 'openai-responses', baseUrl: 'https://r.openai.azure.com' })).toEqual({
      name: 'azure',
      auth: 'api-key',
      version: '/openai/v1',
    })
  })

  it('has a name of its own', () => {
    expect(new Set(chatDialects.map(({ name }) => name)).size).toBe(chatDialects.length)
  })
})
