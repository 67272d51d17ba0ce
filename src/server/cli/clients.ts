/**
 * What each client's program needs to use a server: variables that say where it is, and none that say otherwise.
 *
 * @module
 */

/** Where a server is, and the key that it takes. */
export interface Address {
  url: string
  key: string
}

/** What to change in an environment. */
export interface EnvironmentChange {
  set: Readonly<Record<string, string>>
  unset: readonly string[]
}

export interface Client {
  title: string
  /** How people get it. */
  install: string
  /** Where it may be beside `PATH`, below the user's folder. */
  places?: readonly string[]
  set(address: Address): Readonly<Record<string, string>>
  /** Variables that would lead it elsewhere, or make it ask which of two keys to use. */
  unset: readonly string[]
  /** Arguments before the user's. */
  args?(address: Address): readonly string[]
}

/** Any text does where the server asks for no key. */
export const NO_KEY = 'cc-route'

export const CLIENTS: Readonly<Record<string, Client>> = {
  /** @see https://code.claude.com/docs/en/llm-gateway */
  claude: {
    title: 'Claude Code',
    install: 'npm install -g @anthropic-ai/claude-code',
    places: ['.local/bin', '.claude/local'],
    set: ({ url, key }) => ({
      ANTHROPIC_BASE_URL: url,
      ANTHROPIC_AUTH_TOKEN: key,
      // Its list of models has those of the server, too.
      CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY: '1',
    }),
    unset: ['ANTHROPIC_API_KEY', 'CLAUDE_CODE_USE_BEDROCK', 'CLAUDE_CODE_USE_VERTEX', 'CLAUDE_CODE_USE_FOUNDRY', 'CLAUDE_CODE_OAUTH_TOKEN'],
  },
  /** @see https://developers.openai.com/codex/config-reference */
  codex: {
    title: 'Codex',
    install: 'npm install -g @openai/codex',
    set: ({ key }) => ({ CC_ROUTE_TOKEN: key }),
    unset: ['OPENAI_BASE_URL'],
    args: ({ url }) =>
      [
        'model_provider="cc-route"',
        `model_providers.cc-route={name="cc-route",base_url="${url}/v1",env_key="CC_ROUTE_TOKEN",wire_api="responses"}`,
      ].flatMap((setting) => ['-c', setting]),
  },
  /** @see https://geminicli.com/docs/get-started/authentication/ */
  gemini: {
    title: 'Gemini CLI',
    install: 'npm install -g @google/gemini-cli',
    set: ({ url, key }) => ({ GOOGLE_GEMINI_BASE_URL: url, GEMINI_API_KEY: key, GEMINI_DEFAULT_AUTH_TYPE: 'gemini-api-key' }),
    unset: ['GOOGLE_API_KEY', 'GOOGLE_GENAI_USE_VERTEXAI', 'GOOGLE_GENAI_USE_GCA', 'GOOGLE_VERTEX_BASE_URL'],
  },
}

/** The variables of all SDKs and programs, for those that are not known. */
const ANY: Pick<Client, 'set' | 'unset'> = {
  set: (address) => ({
    ...Object.assign({}, ...Object.values(CLIENTS).map((client) => client.set(address))),
    OPENAI_BASE_URL: `${address.url}/v1`,
    OPENAI_API_KEY: address.key,
  }),
  unset: Object.values(CLIENTS)
    .flatMap(({ unset }) => unset)
    .filter((name) => name !== 'OPENAI_BASE_URL'),
}

/** What to change in the environment for a client; `all` for programs of any kind. */
export function environmentFor(name: string, address: Address, env: Readonly<Record<string, string | undefined>>): EnvironmentChange {
  const { set, unset } = Object.hasOwn(CLIENTS, name) ? CLIENTS[name]! : ANY
  return { set: { ...set(address), ...exemption(address, env) }, unset }
}

/** Keeps calls of this machine's server from the proxies of the environment. */
function exemption({ url }: Address, env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const proxies = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'].flatMap((name) => [name, name.toLowerCase()])
  if (!proxies.some((name) => env[name])) return {}
  const hosts = new Set(['127.0.0.1', 'localhost', new URL(url).hostname])
  const names = process.platform === 'win32' ? ['NO_PROXY'] : ['NO_PROXY', 'no_proxy']
  const known = (env.NO_PROXY ?? env.no_proxy ?? '').split(/[\s,]+/).filter(Boolean)
  const list = [...new Set([...known, ...hosts])].join(',')
  return Object.fromEntries(names.map((name) => [name, list]))
}
