/**
 * The configuration file.
 *
 * @module
 */
import * as v from 'valibot'
import type { NamedEndpoint, Setup } from './setup.ts'

const PROTOCOLS = ['claude', 'openai', 'openai-responses', 'gemini'] as const

const Endpoint = v.strictObject({
  protocol: v.picklist(PROTOCOLS),
  baseUrl: v.string(),
  apiKey: v.optional(v.string()),
  model: v.optional(v.string()),
  dialect: v.optional(v.string()),
  headers: v.optional(v.record(v.string(), v.string())),
})

// `/` and `,` part an endpoint's name from a model: `name/model`.
const EndpointName = v.pipe(v.string(), v.regex(/^[\w.-]+$/))

const Schema = v.strictObject({
  $schema: v.optional(v.string()),
  endpoints: v.pipe(
    v.unknown(),
    v.check((value) => !Array.isArray(value)),
    v.record(EndpointName, Endpoint),
  ),
  routes: v.optional(v.strictObject({ default: v.optional(v.string()) })),
})

/** The file's content. */
export type Config = v.InferOutput<typeof Schema>

/** What each field takes, in the words of the errors. */
const EXPECTED: Record<string, string> = {
  endpoints: 'an object of endpoints by name',
  routes: 'an object',
  default: 'the name of an endpoint',
  protocol: `one of ${PROTOCOLS.join(', ')}`,
  baseUrl: 'a URL such as https://api.example.com/v1',
  headers: 'an object of header values by name',
}

/** A configuration that cannot be used. The message has a line for each mistake, which names the field and what it takes. */
export class ConfigError extends Error {
  constructor(
    readonly problems: readonly string[],
    source: string,
  ) {
    super([`${source} cannot be used:`, ...problems.map((problem) => `  ${problem}`)].join('\n'))
    this.name = 'ConfigError'
  }
}

export type Variables = Readonly<Record<string, string | undefined>>

export interface ConfigOptions {
  /** The configuration's name in errors. */
  source?: string
  /** What `${NAME}` and `${NAME:-default}` in `apiKey`, `baseUrl` and `headers` stand for. Default: nothing. */
  variables?: Variables
}

/** Reads a configuration's text. @throws ConfigError */
export function parseConfig(text: string, options: ConfigOptions = {}): Setup {
  let value: unknown
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    throw new ConfigError([`not valid JSON${placeOf(error, text)}: ${(error as Error).message}`], options.source ?? 'The configuration')
  }
  return readConfig(value, options)
}

/** Reads a parsed configuration. @throws ConfigError */
export function readConfig(value: unknown, { source = 'The configuration', variables = {} }: ConfigOptions = {}): Setup {
  const parsed = v.safeParse(Schema, value)
  if (!parsed.success) throw new ConfigError(parsed.issues.map(problemOf), source)
  const problems: string[] = []
  const endpoints = Object.entries(parsed.output.endpoints).map(([name, fields]) =>
    readEndpoint(name, fields, variables, (field, problem) => problems.push(`endpoints.${name}.${field}: ${problem}`)),
  )
  const names = endpoints.map(({ name }) => name)
  const first = parsed.output.routes?.default ?? names[0] ?? ''
  if (!names.length) problems.push('endpoints: expected at least one endpoint')
  else if (!names.includes(first)) problems.push(`routes.default: expected one of ${names.join(', ')}, got ${JSON.stringify(first)}`)
  if (problems.length) throw new ConfigError(problems, source)
  return { endpoints, default: first }
}

function readEndpoint(
  name: string,
  fields: v.InferOutput<typeof Endpoint>,
  variables: Variables,
  report: (field: string, problem: string) => void,
): NamedEndpoint {
  let missing = false
  const expand = (field: string, template: string) =>
    expandVariables(template, variables, (variable) => {
      missing = true
      report(field, `the environment variable ${variable} is not set`)
    })
  const { apiKey, headers, ...rest } = fields
  const named: NamedEndpoint = { name, ...rest, baseUrl: expand('baseUrl', fields.baseUrl) }
  const isUrl = /^https?:\/\/[^/]/i.test(named.baseUrl) && URL.canParse(named.baseUrl)
  if (!isUrl && !missing) report('baseUrl', `expected ${EXPECTED.baseUrl}, got ${JSON.stringify(fields.baseUrl)}`)
  if (apiKey !== undefined) {
    named.apiKey = expand('apiKey', apiKey)
    named.keyFrom = /\$\{(\w+)/.exec(apiKey)?.[1] ?? 'the configuration'
  }
  if (headers)
    named.headers = Object.fromEntries(Object.entries(headers).map(([header, value]) => [header, expand(`headers.${header}`, value)]))
  return named
}

const expandVariables = (template: string, variables: Variables, onMissing: (name: string) => void): string =>
  template.replace(/\$\{(\w+)(?::-([^}]*))?\}/g, (_, name: string, fallback: string | undefined) => {
    const found = variables[name] || fallback
    if (found === undefined) onMissing(name)
    return found ?? ''
  })

/** One mistake in words: where, what was expected, what was found. */
function problemOf(issue: v.BaseIssue<unknown>): string {
  const at = v.getDotPath(issue) ?? 'the file'
  const path = issue.path ?? []
  const key = String(path.at(-1)?.key)
  if (issue.expected === 'never') return `${at}: no such field`
  if (issue.type === 'regex') return `${at}: a name takes letters, digits, ".", "-" and "_" only`
  const wanted = path.length === 0 || (path.length === 2 && path[0]?.key === 'endpoints') ? 'an object' : (EXPECTED[key] ?? 'a string')
  return `${at}: expected ${wanted}, got ${foundIn(issue, key)}`
}

/** Texts are quoted only where they cannot be a key that stands in the wrong place. */
function foundIn({ input }: v.BaseIssue<unknown>, key: string): string {
  if (input === undefined) return 'nothing'
  if (typeof input === 'string') return key === 'protocol' ? JSON.stringify(input) : 'a string'
  return input === null ? 'null' : Array.isArray(input) ? 'an array' : typeof input === 'object' ? 'an object' : `a ${typeof input}`
}

/** ` in line 3, column 5`, where the parser tells the position. */
function placeOf(error: unknown, text: string): string {
  const position = /at position (\d+)/.exec(String(error))?.[1]
  if (position === undefined) return ''
  const before = text.slice(0, Number(position)).split('\n')
  return ` in line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`
}
