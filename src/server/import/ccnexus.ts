/**
 * ccNexus: a SQLite database, or the JSON that older versions write.
 *
 * @module
 */
import type { ProtocolName } from '../../core/chat.ts'
import { addressOf, secretIn } from './address-of.ts'
import { configOf, createNames, filled, poolOf, USUAL_ATTEMPTS, type Comment, type EndpointInput, type Imported } from './imported.ts'
import { portOf, proxyOf, serverOf } from './server-of.ts'
import { fieldsIn, isFields, openSection, type Fields, type Section } from './section.ts'

const PROTOCOLS: Readonly<Record<string, ProtocolName>> = {
  claude: 'claude',
  openai: 'openai',
  openai2: 'openai-responses',
  gemini: 'gemini',
}
const LEVELS = ['debug', 'info', 'warn', 'error'] as const
const CODEX = 'https://chatgpt.com/backend-api/codex'
const PORT = 3000

/** @param contents the tables of the database, those without settings as the number of their rows; or the JSON */
export function readCcnexus(contents: Fields): Imported {
  const { top, notes } = openSection(fromDatabase(contents))
  const nameOf = createNames()
  const comments: Comment[] = []
  const made = top
    .sections('endpoints')
    .toSorted((a, b) => (a.number('sort_order') ?? 0) - (b.number('sort_order') ?? 0))
    .map((section, index): [string, EndpointInput] => {
      const name = nameOf(section.text('name'), `endpoint-${index + 1}`, section)
      const remark = section.text('remark')
      if (remark) comments.push({ path: ['endpoints', name], text: remark })
      return [name, endpointOf(section, top)]
    })
  // Those that are switched off keep their place.
  const members = made.map(([name]) => name)
  const { pools, target } = poolOf(nameOf(undefined, 'main'), members, {
    // Two attempts for each, as there.
    retry: members.length * 2 > USUAL_ATTEMPTS ? { attempts: members.length * 2 } : {},
  })
  const level = top.number('logLevel')
  const config = configOf({
    server: serverOf({ port: portOf(top, 'port', PORT), proxy: proxyOf(top, 'proxy_url', 'proxyUrl') }),
    log: filled({ level: level === undefined ? undefined : LEVELS[level] }),
    endpoints: Object.fromEntries(made),
    pools,
    routes: filled({ default: target }),
  })
  if (!made.some(([, { proxy }]) => proxy)) top.drop({ codex_proxy_url: 'a proxy for one provider stands at its endpoint, as "proxy"' })
  told(top)
  return { config, notes: notes(), comments }
}

/** The settings of the database at the top, as the JSON has them. */
function fromDatabase({ app_config: rows, ...rest }: Fields): Fields {
  const settings = Array.isArray(rows) ? rows.filter(isFields).map(({ key, value }) => [String(key), value]) : []
  return { ...fieldsIn(Object.fromEntries(settings)), ...rest }
}

function endpointOf(section: Section, top: Section): EndpointInput {
  const mode = section.text('authMode', 'auth_mode') ?? 'api_key'
  const codex = mode === 'codex_token_pool'
  const protocol = codex ? 'openai-responses' : section.choice('transformer', PROTOCOLS)
  if (mode !== 'api_key')
    section.note('it signs in with accounts, which cc-route does not. It is switched off: give it an "apiKey", and remove "enabled: false"')
  section.ignore('id', 'created_at', 'updated_at', 'transformer', ...(codex ? ['apiUrl', 'api_url'] : []))
  const address = codex ? { baseUrl: CODEX } : addressOf(section, 'apiUrl', 'api_url')
  const enabled = section.flag('enabled') === false || mode !== 'api_key' ? false : address.enabled
  if (mode !== 'api_key') section.ignore('apiKey', 'api_key')
  return filled({
    protocol: protocol ?? 'claude',
    ...address,
    apiKey: mode === 'api_key' ? secretIn(section, 'apiKey', 'api_key') : undefined,
    model: section.text('model'),
    proxy: codex ? proxyOf(top, 'codex_proxy_url') : undefined,
    enabled,
  })
}

/** What else the program keeps, by how its names begin. */
const SETTINGS: readonly [RegExp, string][] = [
  [/^basicAuth/, 'the password of its web page is not carried over: the admin API of cc-route takes one of "server.keys"'],
  [/^(webdav|backup)_/, 'copies elsewhere are not made: the configuration is one file, which is copied as any other'],
  [/^modelsCache/, 'lists of models are made from the configuration: there is nothing to keep'],
  [/^endpoint_credentials$/, 'accounts that were signed in to are not carried over: cc-route takes keys'],
  [/^(daily_stats|credential_usage|credential_rate_limits)$/, 'the statistics stay in the database'],
  [/^terminal_/, 'is not carried over: cc-route code runs Claude Code'],
]
const MEANINGLESS =
  /^(language|theme|themeAuto|auto\w+Theme|window\w+|closeWindowBehavior|claude_notification_\w+|update_\w+|device_id|endpoints|sqlite_sequence|schema_migrations)$/

function told(top: Section): void {
  const seen = new Set<string>()
  for (const name of top.names()) {
    const reason = SETTINGS.find(([pattern]) => pattern.test(name))?.[1]
    if (MEANINGLESS.test(name) || (reason !== undefined && seen.has(reason))) top.ignore(name)
    else if (reason !== undefined && top.says(name)) {
      top.note(reason, name)
      seen.add(reason)
    }
  }
}
