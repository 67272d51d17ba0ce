/**
 * `statusline`: a line about this conversation for Claude Code, which runs this command whenever something has changed. It has to be quick,
 * and in nobody's way: where there is nothing to tell, nothing is told.
 * @see https://code.claude.com/docs/en/statusline
 *
 * @module
 */
import type { IncomingMessage } from 'node:http'
import { text as textOf } from 'node:stream/consumers'
import { isObject, objectOf, stringOf, tryParse, type JsonObject } from '../../core/json.ts'
import { moneyText, percentText, tokensText } from './amounts.ts'
import { runningServers } from './servers.ts'
import { print } from './terminal.ts'

const SNIPPET = `Claude Code runs this command, and shows what it prints. In ~/.claude/settings.json:

  "statusLine": { "type": "command", "command": "cc-route statusline" }
`

export async function run(): Promise<void> {
  if (process.stdin.isTTY) return print(SNIPPET)
  const given = objectOf(tryParse(await textOf(process.stdin)))
  const session = stringOf(given?.session_id)
  const server = await serverOf(process.env)
  if (session === undefined || !server) return
  const told = await askAbout(session, server)
  if (!told) return
  const line = told.last ? lineOf(told.totals, told.last) : server.isSure ? firstLine(given) : ''
  if (line) print(line)
}

interface Server {
  url: string
  headers: Record<string, string>
  /** It is the one that Claude Code asks. */
  isSure: boolean
}

/** Claude Code has its own environment for it, and what its settings say of that. */
async function serverOf(env: NodeJS.ProcessEnv): Promise<Server | undefined> {
  const { ANTHROPIC_BASE_URL: url, ANTHROPIC_AUTH_TOKEN: token, ANTHROPIC_API_KEY: key } = env
  if (url) {
    // The vendor's own servers are no gateway.
    if (!URL.canParse(url) || /(^|\.)anthropic\.com$/.test(new URL(url).hostname)) return undefined
    const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : key ? { 'x-api-key': key } : {}
    return { url: url.replace(/\/+$/, '').replace(/\/anthropic$/, ''), headers, isSure: true }
  }
  const found = (await runningServers()).at(-1)
  return found && { url: found.url, headers: found.token === undefined ? {} : { authorization: `Bearer ${found.token}` }, isSure: false }
}

/** A line that comes late is of no use. */
const ANSWER_MS = 1000

interface Told {
  totals: JsonObject
  /** Absent where nothing was asked yet. */
  last: JsonObject | undefined
}

async function askAbout(session: string, { url, headers }: Server): Promise<Told | undefined> {
  try {
    const response = await get(`${url}/usage/sessions/${encodeURIComponent(session)}`, headers)
    const body = tryParse(await textOf(response))
    const totals = isObject(body) ? objectOf(body.totals) : undefined
    return response.statusCode === 200 && isObject(body) && totals && 'last' in body ? { totals, last: objectOf(body.last) } : undefined
  } catch {
    return undefined
  }
}

/** To load the global fetch would take longer than all else here. Redirects are not followed. */
async function get(url: string, headers: Record<string, string>): Promise<IncomingMessage> {
  const { get } = url.startsWith('https:') ? await import('node:https') : await import('node:http')
  return new Promise((resolve, reject) => {
    get(url, { headers, signal: AbortSignal.timeout(ANSWER_MS), agent: false }, resolve).once('error', reject)
  })
}

/** Of a conversation in which nothing was asked yet. */
function firstLine(given: JsonObject | undefined): string {
  const model = stringOf(objectOf(given?.model)?.display_name)
  return model === undefined ? '' : `${plain(model)} via cc-route`
}

function lineOf(totals: JsonObject, last: JsonObject): string {
  const [model, endpoint] = [stringOf(last.served) ?? stringOf(last.asked), stringOf(last.endpoint)]
  const count = (name: string) => (typeof totals[name] === 'number' ? totals[name] : 0)
  const input = count('input') + count('cacheRead') + count('cacheWrite')
  const cost = stringOf(totals.cost)
  const parts = [
    [model, endpoint].filter(Boolean).join(' @ '),
    `${tokensText(input)} in, ${tokensText(count('output'))} out`,
    input ? `${percentText(count('cacheHitRate'))} cached` : '',
    cost === undefined || !/^\d+(\.\d+)?$/.test(cost) ? '' : moneyText(cost) + (count('unpriced') ? '+' : ''),
  ]
  return plain(parts.filter(Boolean).join(' · '))
}

const plain = (text: string): string => text.replaceAll(/\p{Cc}/gu, ' ')
