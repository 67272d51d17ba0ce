/** Configurations as each gateway documents them, and a little more. */

export const claudeCodeRouter = {
  PORT: 3456,
  HOST: '127.0.0.1',
  APIKEY: 'a-key-for-the-clients',
  PROXY_URL: 'http://127.0.0.1:7890',
  LOG: true,
  LOG_LEVEL: 'debug',
  API_TIMEOUT_MS: 600_000,
  Providers: [
    {
      name: 'openrouter',
      api_base_url: 'https://openrouter.ai/api/v1/chat/completions',
      api_key: '$OPENROUTER_API_KEY',
      models: ['google/gemini-2.5-pro-preview', 'anthropic/claude-sonnet-4'],
      transformer: { use: ['openrouter'] },
    },
    {
      name: 'deepseek',
      api_base_url: 'https://api.deepseek.com/chat/completions',
      api_key: 'sk-deepseek',
      models: ['deepseek-chat', 'deepseek-reasoner'],
      transformer: { use: ['deepseek'], 'deepseek-chat': { use: ['tooluse', ['maxtoken', { max_tokens: 8192 }]] } },
    },
    { name: 'ollama', api_base_url: 'http://localhost:11434/v1/chat/completions', api_key: 'ollama', models: ['qwen2.5-coder:latest'] },
    {
      name: 'gemini',
      api_base_url: 'https://generativelanguage.googleapis.com/v1beta/models/',
      api_key: 'gemini-key',
      models: ['gemini-2.5-flash'],
      transformer: { use: ['gemini'] },
    },
    {
      name: 'volcengine',
      api_base_url: 'https://ark.cn-beijing.volces.com/api/v3/chat/completions',
      api_key: 'sk-volc',
      models: ['deepseek-v3-250324'],
      transformer: {
        use: ['deepseek', ['maxtoken', { max_tokens: 65_536 }], ['customparams', { temperature: 0.3, repetition: 2 }], 'my-own'],
      },
    },
    {
      name: 'relay',
      api_base_url: 'https://relay.example/v1/messages',
      api_key: 'sk-relay',
      models: ['claude-sonnet-4-5'],
      transformer: { use: [['Anthropic', { UseBearer: true }]] },
    },
    { name: 'cli', api_base_url: 'https://cloudcode.example', models: ['g'], transformer: { use: ['gemini-cli'] } },
  ],
  Router: {
    default: 'deepseek,deepseek-chat',
    background: 'ollama,qwen2.5-coder:latest',
    think: 'deepseek,deepseek-reasoner',
    longContext: 'openrouter,google/gemini-2.5-pro-preview',
    longContextThreshold: 70_000,
    webSearch: 'gemini,gemini-2.5-flash',
    image: 'volcengine,deepseek-v3-250324',
  },
  fallback: { default: ['openrouter,anthropic/claude-sonnet-4', 'nobody,model'] },
  CUSTOM_ROUTER_PATH: '~/router.js',
  transformers: [{ path: '~/transformer.js', options: { project: 'x' } }],
  plugins: [{ name: 'token-speed', enabled: true }],
}

export const ccnexus = {
  port: 3001,
  logLevel: 1,
  proxy_url: 'socks5://127.0.0.1:1080',
  endpoints: [
    {
      name: 'A',
      apiUrl: 'https://api.openai.com',
      apiKey: 'sk-a',
      enabled: true,
      transformer: 'openai',
      model: 'gpt-4-turbo',
      remark: 'the team’s account',
    },
    { name: 'B relay', apiUrl: 'relay.example', apiKey: 'sk-b', enabled: true, transformer: 'claude' },
    { name: 'C', apiUrl: 'https://api.openai.com/v1', apiKey: 'sk-c', enabled: false, transformer: 'openai2', model: 'gpt-5' },
    { name: 'D', apiUrl: 'https://generativelanguage.googleapis.com', apiKey: 'sk-d', transformer: 'gemini', model: 'gemini-2.5-pro' },
    { name: 'E', authMode: 'codex_token_pool' },
  ],
}

export const ccBridge = {
  loadBalance: 'failover',
  upstream: [
    {
      id: '1a2b3c4d',
      name: 'main',
      serviceType: 'claude',
      baseUrl: 'https://api.anthropic.com',
      apiKeys: ['sk-1', 'sk-2'],
      priority: 2,
      status: 'active',
      modelMapping: { opus: 'claude-opus-4-5', 'gpt-5': 'claude-sonnet-4-5(high)' },
      priceMultipliers: { _default: { inputMultiplier: 1.2 } },
      description: 'paid by the team',
    },
    {
      id: '2a2b3c4d',
      name: 'spare',
      serviceType: 'openai',
      baseUrl: 'https://spare.example/v4',
      apiKeys: ['sk-3'],
      priority: 1,
      status: 'active',
      responseHeaderTimeout: 60,
      keyLoadBalance: 'random',
      quotaType: 'requests',
      quotaLimit: 1000,
      rateLimitRpm: 60,
      insecureSkipVerify: true,
      contentFilter: { enabled: true, rules: [{ keyword: 'quota', statusCode: 429 }] },
    },
    {
      id: '3a2b3c4d',
      name: 'resting',
      serviceType: 'gemini',
      baseUrl: 'https://gemini.example',
      apiKeys: ['g'],
      priority: 3,
      status: 'suspended',
    },
  ],
  responsesUpstream: [
    { id: '4a2b3c4d', name: 'codex', serviceType: 'responses', baseUrl: 'https://api.openai.com', apiKeys: ['sk-4', 'sk-5'] },
    { id: '5a2b3c4d', name: 'plan', serviceType: 'openai-oauth', oauthTokens: { access_token: 'token-of-an-account', account_id: 'me' } },
  ],
  responsesLoadBalance: 'round-robin',
  geminiUpstream: [
    {
      id: '6a2b3c4d',
      name: 'by model',
      serviceType: 'composite',
      compositeMappings: [
        {
          pattern: 'flash',
          targetChannelId: '2a2b3c4d',
          targetPool: 'messages',
          targetModel: 'small',
          failoverTargets: [{ pool: 'messages', channelId: '1a2b3c4d' }],
        },
        { pattern: 'pro', targetChannelId: 'nobody' },
      ],
    },
  ],
  failover: {
    enabled: false,
    rules: [{ errorCodes: '429', actionChain: [{ action: 'retry', waitSeconds: 5, maxAttempts: 3 }, { action: 'failover' }] }],
  },
}

export const ccproxy = {
  host: '127.0.0.1',
  port: 3457,
  apikey: 'a-key-for-the-clients',
  proxy_url: 'http://user:pass@proxy.example:8080',
  shutdown_timeout: '1m30s',
  providers: [
    {
      name: 'openai',
      api_base_url: 'https://api.openai.com/v1',
      api_key: 'sk-x',
      models: ['gpt-4.1', 'gpt-4.1-turbo'],
      enabled: true,
      transformers: [{ name: 'tool', config: { a: 1 } }],
      created_at: '2025-07-25T00:00:00Z',
    },
    { name: 'anthropic', api_base_url: 'https://api.anthropic.com', api_key: 'sk-ant', models: ['claude-sonnet-4'], enabled: true },
    { name: 'gemini', models: ['gemini-2.5-pro'] },
    { name: 'groq', api_base_url: 'https://api.groq.com/openai/v1', api_key: 'gsk', models: ['llama'], enabled: false },
  ],
  routes: {
    default: { provider: 'openai', model: 'gpt-4.1', parameters: { temperature: 0.7, max_tokens: 4000, logit: 1 } },
    longContext: { provider: 'gemini', model: 'gemini-2.5-pro' },
    think: { provider: 'anthropic', model: 'claude-sonnet-4' },
    background: { provider: 'nobody', model: 'x' },
    'gpt-4.1': {
      provider: 'openai',
      model: 'gpt-4.1-turbo',
      conditions: [{ type: 'tokenCount', operator: '>', value: 1000 }],
    },
  },
  performance: {
    metrics_enabled: true,
    rate_limit_enabled: false,
    rate_limit_requests_per_min: 1000,
    circuit_breaker_enabled: true,
    request_timeout: 90_000_000_000,
    max_request_body_size: 10_485_760,
  },
}

/** By the names of their files. */
export const ccgate = {
  'server.json': {
    server: { port: 3002, host: '0.0.0.0', timeout: 30_000, keepAlive: true },
    logging: { level: 'info', maxFileSize: '100MB', maxFiles: 5, enableConsole: false, directory: './data/logs' },
    proxy: { timeout: 30_000, retryAttempts: 2, retryDelay: 1000 },
    admin: { enabled: true, path: '/admin', username: 'admin', password: 'changeme' },
    openai: { enabled: true, models: { 'gpt-5-mini': 'claude-3-7-sonnet-20250219' }, defaultModel: 'claude-sonnet-4-20250514' },
  },
  'upstreams.json': {
    upstreams: [
      {
        id: 'u1',
        name: 'm',
        url: 'https://m.example/api',
        key: 'sk-x',
        description: 'the relay',
        weight: 100,
        enabled: true,
        healthCheck: { enabled: true, interval: 30_000, timeout: 5000, path: '/health' },
      },
      { id: 'u2', name: 'n', url: 'https://api.anthropic.com', key: 'sk-ant-api', weight: 300, enabled: true },
      { id: 'u3', name: 'o', url: 'https://o.example', key: 'sk-y', weight: 0, enabled: false },
    ],
    loadBalancer: { strategy: 'weighted_random', healthCheckEnabled: true, failoverEnabled: true },
  },
  'tenants.json': {
    tenants: [
      {
        id: 't1',
        name: 'ann',
        key: 'ccg_0123456789abcdef',
        enabled: true,
        allowedModels: ['*sonnet*'],
        limits: { daily: { maxUSD: 100 } },
      },
      { id: 't2', name: 'bob', key: 'ccg_fedcba9876543210', enabled: true, allowedModels: ['*'] },
      { id: 't3', name: 'cid', key: 'ccg_0011223344556677', enabled: false, allowedModels: ['*'] },
      { id: 't4', name: 'dan', key: 'ccg_8899aabbccddeeff', enabled: true },
    ],
  },
  'pricing.json': { modelPricing: { '*sonnet*': { input: 0.003, output: 0.015, cacheCreation: 0.00375, cacheRead: 0.0003 } } },
}

export const ccProxy = `
[config]
port = "8082"
host = "127.0.0.1"
anthropic_api_key = ""
log_level = "INFO"
big_model = "OpenAI:gpt-4o"
middle_model = "gpt-4o"
small_model = "deepseek-chat"
max_tokens_limit = 4096
min_tokens_limit = "100"
request_timeout = 90
max_retries = 2
db_file = "proxy.db"

[[provider]]
name = "OpenAI"
base_url = "https://api.openai.com/v1"
env_key = "OPENAI_API_KEY"
provider_type = "openai"
web_search = "bocha.websearch"
big_models = ["gpt-4o"]
middle_models = ["gpt-4o"]
small_models = ["gpt-4o-mini"]

[[provider]]
name = "DeepSeek"
base_url = "https://api.deepseek.com"
api_key = "sk-deepseek"
small_models = ["deepseek-chat"]

[[provider]]
name = "Claude"
base_url = "https://api.anthropic.com"
api_key = "sk-ant"
provider_type = "anthropic"
big_models = ["claude-opus-4-5"]

[transformers.deepseek]
enabled = true
providers = ["deepseek"]
models = ["deepseek-*"]
max_output = 2000

[web_search_providers.bocha.websearch]
env_key = "BOCHA_API_TOKEN"
base_url = "https://api.bochaai.com/v1"
`
