/**
 * Providers that are known by name: with one of these, a key is all that an endpoint needs.
 *
 * @module
 */
import type { ProtocolName } from '../../core/chat.ts'

export interface Preset {
  name: string
  /** For people. */
  title: string
  /** Other names of it. */
  aliases?: readonly string[]
  /** The variables that hold its key; the first that is set counts. None: it needs no key. */
  keys: readonly string[]
  /** The variable that moves it elsewhere, as its own tools know it. */
  address?: string
  /** The variable that names another default model. */
  modelFrom?: string
  protocol: ProtocolName
  /** Absent: each account has an address of its own, such as `example`. */
  baseUrl?: string
  example?: string
  dialect?: string
  /** Asked for where the client names a model that is not the provider's. Absent: the client's model. */
  model?: string
  /** The provider's own models. Absent: none that only it has; what is served under many vendors' names is asked for as `name/model`. */
  own?: RegExp
  /** Where keys are made. */
  console?: string
}

/** Most presets: OpenAI's protocol, and the variables `NAME_BASE_URL` and `NAME_MODEL`. */
const openaiLike = (preset: Omit<Preset, 'protocol'>): Preset => ({ protocol: 'openai', ...preset })

/** In the order in which one is made the default. */
export const PRESETS: readonly Preset[] = [
  {
    name: 'anthropic',
    title: 'Anthropic',
    aliases: ['claude'],
    keys: ['ANTHROPIC_API_KEY'],
    address: 'ANTHROPIC_BASE_URL',
    protocol: 'claude',
    baseUrl: 'https://api.anthropic.com',
    model: 'claude-sonnet-5',
    own: /^claude-/,
    console: 'https://console.anthropic.com/settings/keys',
  },
  openaiLike({
    name: 'openai',
    title: 'OpenAI',
    aliases: ['gpt'],
    keys: ['OPENAI_API_KEY'],
    address: 'OPENAI_BASE_URL',
    modelFrom: 'OPENAI_MODEL',
    baseUrl: 'https://api.openai.com/v1',
    model: 'gpt-5.4',
    own: /^(gpt-|o\d|chatgpt-|codex-)/,
    console: 'https://platform.openai.com/api-keys',
  }),
  {
    name: 'gemini',
    title: 'Google Gemini',
    aliases: ['google'],
    keys: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
    address: 'GOOGLE_GEMINI_BASE_URL',
    modelFrom: 'GEMINI_MODEL',
    protocol: 'gemini',
    baseUrl: 'https://generativelanguage.googleapis.com',
    model: 'gemini-3.8-flash',
    own: /^(gemini|gemma)-/,
    console: 'https://aistudio.google.com/apikey',
  },
  openaiLike({
    name: 'openrouter',
    title: 'OpenRouter',
    keys: ['OPENROUTER_API_KEY'],
    address: 'OPENROUTER_BASE_URL',
    modelFrom: 'OPENROUTER_MODEL',
    baseUrl: 'https://openrouter.ai/api/v1',
    model: 'openrouter/auto',
    console: 'https://openrouter.ai/keys',
  }),
  openaiLike({
    name: 'deepseek',
    title: 'DeepSeek',
    keys: ['DEEPSEEK_API_KEY'],
    address: 'DEEPSEEK_BASE_URL',
    modelFrom: 'DEEPSEEK_MODEL',
    baseUrl: 'https://api.deepseek.com',
    model: 'deepseek-v4-pro',
    own: /^deepseek-/,
    console: 'https://platform.deepseek.com/api_keys',
  }),
  openaiLike({
    name: 'groq',
    title: 'Groq',
    keys: ['GROQ_API_KEY'],
    modelFrom: 'GROQ_MODEL',
    baseUrl: 'https://api.groq.com/openai/v1',
    model: 'llama-3.3-70b-versatile',
    console: 'https://console.groq.com/keys',
  }),
  openaiLike({
    name: 'mistral',
    title: 'Mistral',
    keys: ['MISTRAL_API_KEY'],
    modelFrom: 'MISTRAL_MODEL',
    baseUrl: 'https://api.mistral.ai/v1',
    model: 'mistral-large-latest',
    own: /^(mistral|ministral|magistral|codestral|devstral|pixtral)-/,
    console: 'https://console.mistral.ai/api-keys',
  }),
  openaiLike({
    name: 'xai',
    title: 'xAI',
    aliases: ['grok'],
    keys: ['XAI_API_KEY'],
    modelFrom: 'XAI_MODEL',
    baseUrl: 'https://api.x.ai/v1',
    model: 'grok-4',
    own: /^grok-/,
    console: 'https://console.x.ai',
  }),
  openaiLike({
    name: 'qwen',
    title: 'Alibaba Cloud Model Studio',
    aliases: ['dashscope', 'alibaba'],
    keys: ['DASHSCOPE_API_KEY'],
    address: 'DASHSCOPE_BASE_URL',
    modelFrom: 'QWEN_MODEL',
    baseUrl: 'https://dashscope.aliyuncs.com/compatible-mode/v1',
    model: 'qwen3-max',
    own: /^(qwen|qwq)/,
  }),
  openaiLike({
    name: 'moonshot',
    title: 'Moonshot AI',
    aliases: ['kimi'],
    keys: ['MOONSHOT_API_KEY'],
    address: 'MOONSHOT_BASE_URL',
    modelFrom: 'MOONSHOT_MODEL',
    baseUrl: 'https://api.moonshot.ai/v1',
    model: 'kimi-k3',
    own: /^(kimi|moonshot)-/,
    console: 'https://platform.moonshot.ai/console/api-keys',
  }),
  openaiLike({
    name: 'zai',
    title: 'Z.ai',
    aliases: ['z.ai', 'glm'],
    keys: ['ZAI_API_KEY'],
    address: 'ZAI_BASE_URL',
    modelFrom: 'ZAI_MODEL',
    baseUrl: 'https://api.z.ai/api/paas/v4',
    model: 'glm-4.7',
    own: /^glm-/,
  }),
  openaiLike({
    name: 'zhipu',
    title: 'Zhipu AI',
    aliases: ['bigmodel'],
    keys: ['ZHIPU_API_KEY', 'ZHIPUAI_API_KEY'],
    address: 'ZHIPU_BASE_URL',
    modelFrom: 'ZHIPU_MODEL',
    baseUrl: 'https://open.bigmodel.cn/api/paas/v4',
    model: 'glm-4.7',
    own: /^glm-/,
  }),
  openaiLike({
    name: 'cerebras',
    title: 'Cerebras',
    keys: ['CEREBRAS_API_KEY'],
    modelFrom: 'CEREBRAS_MODEL',
    baseUrl: 'https://api.cerebras.ai/v1',
    model: 'gpt-oss-120b',
  }),
  openaiLike({
    name: 'together',
    title: 'Together AI',
    keys: ['TOGETHER_API_KEY'],
    modelFrom: 'TOGETHER_MODEL',
    baseUrl: 'https://api.together.xyz/v1',
    model: 'openai/gpt-oss-120b',
  }),
  openaiLike({
    name: 'fireworks',
    title: 'Fireworks AI',
    keys: ['FIREWORKS_API_KEY'],
    modelFrom: 'FIREWORKS_MODEL',
    baseUrl: 'https://api.fireworks.ai/inference/v1',
    model: 'accounts/fireworks/models/gpt-oss-120b',
  }),
  openaiLike({
    name: 'minimax',
    title: 'MiniMax',
    keys: ['MINIMAX_API_KEY'],
    address: 'MINIMAX_BASE_URL',
    modelFrom: 'MINIMAX_MODEL',
    baseUrl: 'https://api.minimax.io/v1',
    model: 'MiniMax-M2',
    own: /^minimax-/i,
  }),
  openaiLike({
    name: 'perplexity',
    title: 'Perplexity',
    keys: ['PERPLEXITY_API_KEY'],
    modelFrom: 'PERPLEXITY_MODEL',
    baseUrl: 'https://api.perplexity.ai',
    model: 'sonar',
    own: /^sonar/,
  }),
  // A variable of its own: GITHUB_TOKEN is set in many places for other purposes, and is not to be sent to a model unasked.
  openaiLike({
    name: 'github',
    title: 'GitHub Models',
    keys: ['GITHUB_MODELS_TOKEN'],
    modelFrom: 'GITHUB_MODELS_MODEL',
    baseUrl: 'https://models.github.ai/inference',
    model: 'openai/gpt-5',
  }),
  openaiLike({
    name: 'azure',
    title: 'Azure OpenAI',
    aliases: ['azure-openai'],
    keys: ['AZURE_OPENAI_API_KEY'],
    address: 'AZURE_OPENAI_ENDPOINT',
    modelFrom: 'AZURE_OPENAI_DEPLOYMENT',
    example: 'https://RESOURCE.openai.azure.com',
    dialect: 'azure',
  }),
  {
    // Takes OAuth access tokens, which a command can give: { "command": ["gcloud", "auth", "print-access-token"] }.
    name: 'vertex',
    title: 'Google Vertex AI',
    keys: ['VERTEX_ACCESS_TOKEN'],
    address: 'VERTEX_BASE_URL',
    protocol: 'gemini',
    example: 'https://LOCATION-aiplatform.googleapis.com/v1/projects/PROJECT/locations/LOCATION',
    dialect: 'vertex',
  },
  openaiLike({
    name: 'ollama',
    title: 'Ollama, on this machine',
    keys: [],
    baseUrl: 'http://localhost:11434',
    dialect: 'ollama',
  }),
  openaiLike({ name: 'vllm', title: 'vLLM, on this machine', keys: [], baseUrl: 'http://localhost:8000/v1', dialect: 'vllm' }),
  openaiLike({
    name: 'lmstudio',
    title: 'LM Studio, on this machine',
    aliases: ['lm-studio'],
    keys: [],
    baseUrl: 'http://localhost:1234/v1',
    dialect: 'lmstudio',
  }),
]

const byAnyName = new Map(PRESETS.flatMap((preset) => [preset.name, ...(preset.aliases ?? [])].map((name) => [name, preset] as const)))

/** A preset by its name or another name of it, in any case. */
export const presetOf = (name: string): Preset | undefined => byAnyName.get(name.toLowerCase())

/** All names that {@link presetOf} knows. */
export const PRESET_NAMES: readonly string[] = [...byAnyName.keys()]
