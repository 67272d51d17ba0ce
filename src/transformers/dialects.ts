/**
 * Which dialect an upstream speaks: told by name, or by its base URL.
 *
 * @module
 */
import type { ProtocolName } from '../core/chat.ts'
import type { Dialect } from '../core/dialect.ts'
import { createMemo } from '../core/memo.ts'
import { chatHosts, type HostRule } from './dialects-base-urls.ts'
import { plainChat } from './dialects-plain.ts'
import { chatDialects, openaiChat } from './dialects-chat.ts'

/** What is known of the other protocols' look-alikes: how they differ from their vendor's own service. */
const others: Record<
  Exclude<ProtocolName, 'openai' | 'openai-responses'>,
  { plain: Dialect; hosts: readonly HostRule[]; dialects: readonly Dialect[] }
> = {
  // Gateways that take the key as ANTHROPIC_AUTH_TOKEN sends it, and only so.
  claude: { plain: { name: 'claude' }, hosts: [], dialects: [{ name: 'bearer', auth: 'bearer' }] },
  gemini: {
    plain: { name: 'gemini' },
    hosts: [{ host: /(^|\.|-)aiplatform\.googleapis\.com$/, name: 'vertex' }],
    // Vertex takes OAuth access tokens where the Gemini API takes keys.
    dialects: [{ name: 'vertex', auth: 'bearer' }],
  },
}

/**
 * The dialect of an upstream: by name, else by its base URL, else the protocol's plain form.
 *
 * @throws TypeError for a name that is unknown, listing the known ones
 */
export const dialectFor = (upstream: Spoken): Dialect =>
  memo(`${upstream.protocol} ${upstream.dialect ?? ''} ${upstream.baseUrl ?? ''}`, () => find(upstream))

const memo = createMemo<Dialect>()

interface Spoken {
  protocol: ProtocolName
  dialect?: string
  baseUrl?: string
}

function find({ protocol, dialect: wanted, baseUrl }: Spoken): Dialect {
  const openai = protocol === 'openai' || protocol === 'openai-responses'
  const { plain, hosts, dialects } = openai ? { plain: openaiChat, hosts: chatHosts, dialects: chatDialects } : others[protocol]
  const known = [plain, ...dialects]
  const byName = (name: string) => known.find((dialect) => dialect.name === name)
  if (wanted !== undefined) {
    const named = byName(wanted)
    if (named) return fitted(named, protocol)
    const names = [...new Set(known.map((dialect) => dialect.name))].sort()
    throw new TypeError(`dialect: unknown name "${wanted}" for the protocol ${protocol}. Known: ${names.join(', ')}.`)
  }
  if (baseUrl === undefined || !URL.canParse(baseUrl)) return fitted(plain, protocol)
  const url = new URL(baseUrl)
  const rule = hosts.find((candidate) => matches(candidate, url))
  const told = rule && byName(rule.name)
  return fitted(told ?? (openai ? plainChat : plain), protocol)
}

const matches = ({ host, port }: HostRule, url: URL): boolean =>
  (host === undefined || host.test(url.hostname)) && (port === undefined || port === url.port)

/** For Responses only what concerns the way to the provider counts; the fields of Chat Completions are another matter. */
function fitted(dialect: Dialect, protocol: ProtocolName): Dialect {
  if (protocol !== 'openai-responses') return dialect
  const { name, auth, headers, version } = dialect
  return {
    name: dialect === openaiChat || dialect === plainChat ? protocol : name,
    ...(auth && { auth }),
    ...(headers && { headers }),
    ...(version !== undefined && { version }),
  }
}
