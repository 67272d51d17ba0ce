/**
 * What rules may ask about a request. Each fact is found out when it is first asked for and then kept, so that a request that a cheap
 * rule decides pays for nothing else. All are told by the request alone, whatever the client's protocol.
 *
 * @module
 */
import type { ChatRequest, Effort, ProtocolName } from '../../core/chat.ts'
import type { JsonObject } from '../../core/json.ts'
import { tenantOf } from '../caller.ts'
import { askedModel, chatOf, wantsStream, type RequestFacts } from '../request-facts.ts'
import type { Asker } from './background.ts'
import { contentsOf, type Contents } from './contents.ts'
import { agentOf, saysSubagent, sessionOf, SUBAGENT_SIGN } from './conversation.ts'
import { programOf } from './program.ts'
import { reasoningOf } from './reasoning.ts'

/** The facts. Costs: no mark is free, (r) reads the request into neutral form once, (t) also estimates its tokens. */
export interface RouteFacts extends Contents {
  /** The model that is asked for, aliases resolved. */
  readonly model: string | undefined
  readonly protocol: ProtocolName
  /** `count-tokens`: only how long the request is. */
  readonly action: 'generate' | 'count-tokens'
  readonly stream: boolean
  readonly headers: Headers
  readonly query: URLSearchParams
  /** The program that asks: `claude-code`, `codex`, `gemini-cli`, or another's own name. */
  readonly client: string | undefined
  /** Whose request it is: by the router's option `tenantOf`, else the name of the client's key at the server. */
  readonly tenant: string | undefined
  /** The session's id; (r) where no header tells. */
  readonly session: string | undefined
  /** The sub-agent's id; `undefined` for the main agent. */
  readonly agent: string | undefined
  /** A sub-agent asks; (r) where no header tells. */
  readonly subagent: boolean
  /** The program asks by itself, besides the conversation; (r) for Claude Code and a model that does not tell. */
  readonly background: boolean
  /** When it is, in milliseconds since 1970. */
  readonly time: number
  /** Estimated input tokens, never fewer than the session's last answer counted (t). */
  readonly tokens: number
  /** The most tokens of output that are asked for (r). */
  readonly maxTokens: number | undefined
  /** The reasoning that is asked for; `undefined` for none (r). */
  readonly reasoning: Effort | undefined
  /** Names of the client's own tools (r). */
  readonly tools: readonly string[]
  /** The provider is asked to search the web (r). */
  readonly webSearch: boolean
  /** The answer must be JSON (r). */
  readonly structured: boolean
  /** Messages of the conversation (r). */
  readonly messages: number
  /** The client's body as it came. Never change it. */
  readonly body: JsonObject
}

export interface FactsOptions {
  /** A layer above chose this model. */
  model?: string
  /** The client said it with the model's name. */
  effort?: Effort
  isBackground(asker: Asker): boolean
  tokens(): number
  now: number
}

export function routeFactsOf(request: Request, facts: RequestFacts, options: FactsOptions): RouteFacts {
  const { headers } = request
  const { route } = facts
  const { effort } = options
  const chat = (): ChatRequest => chatOf(facts)
  const model = options.model ?? askedModel(facts)
  const agent = agentOf(headers)
  const program = once(() => programOf(headers))
  const query = once(() => new URL(request.url).searchParams)
  const session = once(() => sessionOf(headers, chat))
  const subagent = once(() => agent !== undefined || (facts.text.includes(SUBAGENT_SIGN) && saysSubagent(chat())))
  const background = once(() => options.isBackground({ model, program: program(), body: facts.body, chat }))
  const tokens = once(options.tokens)
  const tools = once(() => chat().tools.flatMap((tool) => (tool.type === 'hosted' ? [] : tool.name)))
  const webSearch = once(() => chat().tools.some((tool) => tool.type === 'hosted' && tool.kind === 'web-search'))
  const contents = once(() => contentsOf(chat()))
  const found: Found = {
    query,
    client: program,
    session,
    subagent,
    background,
    tokens,
    tools,
    webSearch,
    contents,
    chat,
    effort,
    body: () => facts.body,
  }
  return Object.assign(Object.create(LATE) as typeof LATE, {
    [FOUND]: found,
    model,
    protocol: facts.protocol,
    action: route.action,
    stream: wantsStream(facts),
    headers,
    agent,
    tenant: tenantOf(request),
    time: options.now,
  })
}

const FOUND = Symbol('found')

/** What finds out the facts of one request. */
interface Found {
  query(): URLSearchParams
  client(): string | undefined
  session(): string | undefined
  subagent(): boolean
  background(): boolean
  tokens(): number
  tools(): readonly string[]
  webSearch(): boolean
  contents(): Contents
  chat(): ChatRequest
  body(): JsonObject
  effort: Effort | undefined
}

/** The facts that are found out when they are asked for. They are a prototype's: an object with getters of its own is dear to make, and is kept for long. */
const LATE = {
  get query() {
    return foundOf(this).query()
  },
  get client() {
    return foundOf(this).client()
  },
  get session() {
    return foundOf(this).session()
  },
  get subagent() {
    return foundOf(this).subagent()
  },
  get background() {
    return foundOf(this).background()
  },
  get tokens() {
    return foundOf(this).tokens()
  },
  get maxTokens() {
    return foundOf(this).chat().maxTokens
  },
  get reasoning() {
    const { effort, chat } = foundOf(this)
    return effort === undefined ? reasoningOf(chat()) : effort === 'none' ? undefined : effort
  },
  get tools() {
    return foundOf(this).tools()
  },
  get webSearch() {
    return foundOf(this).webSearch()
  },
  get structured() {
    return foundOf(this).chat().format !== undefined
  },
  get messages() {
    return foundOf(this).chat().messages.length
  },
  get body() {
    return foundOf(this).body()
  },
  get images() {
    return foundOf(this).contents().images
  },
  get documents() {
    return foundOf(this).contents().documents
  },
  get audio() {
    return foundOf(this).contents().audio
  },
  get video() {
    return foundOf(this).contents().video
  },
}

const foundOf = (facts: object): Found => (facts as { [FOUND]: Found })[FOUND]

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => (made ??= { value: make() }).value
}

/** Facts that are not written down: they may hold secrets, or everything that the client said. */
type Unwritten = 'headers' | 'query' | 'body'

/** The facts as plain data, for people and logs. Finds out all of them. */
export function recordOf(facts: RouteFacts): Omit<RouteFacts, Unwritten> {
  const { model, protocol, action, stream, client, tenant, session, agent, subagent, background, time, tokens, maxTokens } = facts
  const { reasoning, tools, webSearch, structured, messages, images, documents, audio, video } = facts
  const asked = { model, protocol, action, stream, client, tenant, session, agent, subagent, background, time, tokens, maxTokens }
  return { ...asked, reasoning, tools, webSearch, structured, messages, images, documents, audio, video }
}
