/**
 * The set-up that the environment tells: an endpoint for each provider whose key is there.
 *
 * @module
 */
import type { ProtocolName } from '../core/chat.ts'
import { isLoopback } from './guard.ts'
import type { NamedEndpoint, Setup } from './setup.ts'

interface Provider {
  name: string
  /** The variables that hold its key; the first that is set counts. */
  keys: readonly string[]
  /** The variable that moves it elsewhere, as its own tools know it. */
  address?: string
  /** The variable that names another default model. */
  modelFrom?: string
  protocol: ProtocolName
  baseUrl: string
  /** Asked for where the client names a model that is not the provider's. */
  model: string
  /** The provider's own models. */
  own: RegExp
}

const openaiLike = (provider: Omit<Provider, 'protocol' | 'own'> & { own?: RegExp }): Provider => ({
  own: /^(?!)/, // none: what is served under many vendors' names is asked for as `name/model`
  ...provider,
  protocol: 'openai',
})

/** In the order in which one is made the default. */
const PROVIDERS: readonly Provider[] = [
  {
    name: 'anthropic',
    keys: ['ANTHROPIC_API_KEY'],
    address: 'ANTHROPIC_BASE_URL',
    protocol: 'claude',
    baseUrl: 'https://api.anthropic.com',
    model: 'claude-sonnet-5',
    own: /^claude-/,
  },
  openaiLike({
    name: 'openai',
    keys: ['OPENAI_API_KEY'],
    address: 'OPENAI_BASE_URL',
    modelFrom: 'OPENAI_MODEL',
    baseUrl: 'https://api.openai.com/v1',
    model: 'gpt-5.4',
    own: /^(gpt-|o\d|chatgpt-|codex-)/,
  }),
  {
    name: 'gemini',
    keys: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
    address: 'GOOGLE_GEMINI_BASE_URL',
    modelFrom: 'GEMINI_MODEL',
    protocol: 'gemini',
    baseUrl: 'https://generativelanguage.googleapis.com',
    model: 'gemini-3.8-flash',
    own: /^(gemini|gemma)-/,
  },
  openaiLike({
    name: 'openrouter',
    keys: ['OPENROUTER_API_KEY'],
    address: 'OPENROUTER_BASE_URL',
    modelFrom: 'OPENROUTER_MODEL',
    baseUrl: 'https://openrouter.ai/api/v1',
    model: 'openrouter/auto',
  }),
  openaiLike({
    name: 'deepseek',
    keys: ['DEEPSEEK_API_KEY'],
    address: 'DEEPSEEK_BASE_URL',
    modelFrom: 'DEEPSEEK_MODEL',
    baseUrl: 'https://api.deepseek.com',
    model: 'deepseek-v4-pro',
    own: /^deepseek-/,
  }),
  openaiLike({
    name: 'groq',
    keys: ['GROQ_API_KEY'],
    modelFrom: 'GROQ_MODEL',
    baseUrl: 'https://api.groq.com/openai/v1',
    model: 'llama-3.3-70b-versatile',
  }),
  openaiLike({
    name: 'mistral',
    keys: ['MISTRAL_API_KEY'],
    modelFrom: 'MISTRAL_MODEL',
    baseUrl: 'https://api.mistral.ai/v1',
    model: 'mistral-large-latest',
    own: /^(mistral|ministral|magistral|codestral|devstral|pixtral)-/,
  }),
  openaiLike({
    name: 'xai',
    keys: ['XAI_API_KEY'],
    modelFrom: 'XAI_MODEL',
    baseUrl: 'https://api.x.ai/v1',
    model: 'grok-4',
    own: /^grok-/,
  }),
  openaiLike({
    name: 'qwen',
    keys: ['DASHSCOPE_API_KEY'],
    address: 'DASHSCOPE_BASE_URL',
    modelFrom: 'QWEN_MODEL',
    baseUrl: 'https://dashscope.aliyuncs.com/compatible-mode/v1',
    model: 'qwen3-max',
    own: /^(qwen|qwq)/,
  }),
  openaiLike({
    name: 'moonshot',
    keys: ['MOONSHOT_API_KEY'],
    address: 'MOONSHOT_BASE_URL',
    modelFrom: 'MOONSHOT_MODEL',
    baseUrl: 'https://api.moonshot.ai/v1',
    model: 'kimi-k3',
    own: /^(kimi|moonshot)-/,
  }),
  openaiLike({
    name: 'zai',
    keys: ['ZAI_API_KEY'],
    address: 'ZAI_BASE_URL',
    modelFrom: 'ZAI_MODEL',
    baseUrl: 'https://api.z.ai/api/paas/v4',
    model: 'glm-4.7',
    own: /^glm-/,
  }),
  openaiLike({
    name: 'zhipu',
    keys: ['ZHIPU_API_KEY', 'ZHIPUAI_API_KEY'],
    address: 'ZHIPU_BASE_URL',
    modelFrom: 'ZHIPU_MODEL',
    baseUrl: 'https://open.bigmodel.cn/api/paas/v4',
    model: 'glm-4.7',
    own: /^glm-/,
  }),
  openaiLike({
    name: 'cerebras',
    keys: ['CEREBRAS_API_KEY'],
    modelFrom: 'CEREBRAS_MODEL',
    baseUrl: 'https://api.cerebras.ai/v1',
    model: 'gpt-oss-120b',
  }),
  openaiLike({
    name: 'together',
    keys: ['TOGETHER_API_KEY'],
    modelFrom: 'TOGETHER_MODEL',
    baseUrl: 'https://api.together.xyz/v1',
    model: 'openai/gpt-oss-120b',
  }),
  openaiLike({
    name: 'fireworks',
    keys: ['FIREWORKS_API_KEY'],
    modelFrom: 'FIREWORKS_MODEL',
    baseUrl: 'https://api.fireworks.ai/inference/v1',
    model: 'accounts/fireworks/models/gpt-oss-120b',
  }),
  openaiLike({
    name: 'minimax',
    keys: ['MINIMAX_API_KEY'],
    address: 'MINIMAX_BASE_URL',
    modelFrom: 'MINIMAX_MODEL',
    baseUrl: 'https://api.minimax.io/v1',
    model: 'MiniMax-M2',
    own: /^minimax-/i,
  }),
  // A variable of its own: GITHUB_TOKEN is set in many places for other purposes, and is not to be sent to a model unasked.
  openaiLike({
    name: 'github',
    keys: ['GITHUB_MODELS_TOKEN'],
    modelFrom: 'GITHUB_MODELS_MODEL',
    baseUrl: 'https://models.github.ai/inference',
    model: 'openai/gpt-5',
  }),
]

/** The first variable of each provider, for people who have none yet. */
export const KEY_VARIABLES: readonly string[] = PROVIDERS.map(({ keys }) => keys[0]!)

/**
 * Makes an endpoint for each provider whose key is in `variables`; `undefined` where there is none.
 *
 * @param port the server's own port: a base URL that leads back to it (`ANTHROPIC_BASE_URL`, set for a client) is not followed
 */
export function readEnvironment(variables: Readonly<Record<string, string | undefined>>, port?: number): Setup | undefined {
  const endpoints = PROVIDERS.flatMap((provider): NamedEndpoint[] => {
    const keyFrom = provider.keys.find((name) => variables[name]?.trim())
    if (!keyFrom) return []
    const { name, protocol, own } = provider
    const moved = provider.address && variables[provider.address]?.trim()
    return [
      {
        name,
        protocol,
        baseUrl: moved && URL.canParse(moved) && !leadsTo(moved, port) ? moved : provider.baseUrl,
        apiKey: variables[keyFrom]!.trim(),
        keyFrom,
        model: (provider.modelFrom && variables[provider.modelFrom]?.trim()) || provider.model,
        own,
      },
    ]
  })
  return endpoints[0] && { endpoints, default: endpoints[0].name }
}

function leadsTo(baseUrl: string, port: number | undefined): boolean {
  const url = new URL(baseUrl)
  return isLoopback(url.hostname.replace(/^\[|\]$/g, '')) && url.port === String(port)
}
