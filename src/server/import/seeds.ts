/**
 * The gateways whose configurations can be read.
 *
 * @module
 */
import { readCcBridge } from './cc-bridge.ts'
import { readCcProxy } from './cc-proxy.ts'
import { readCcgate } from './ccgate.ts'
import { readCcnexus } from './ccnexus.ts'
import { readCcproxy } from './ccproxy.ts'
import { readClaudeCodeRouter } from './claude-code-router.ts'
import type { Imported } from './imported.ts'
import { fieldsIn, isFields, type Fields } from './section.ts'

export type SeedName = 'ccnexus' | 'cc-bridge' | 'ccproxy' | 'ccgate' | 'cc-proxy' | 'claude-code-router'

export interface Seed {
  /** As `--from` takes it. */
  name: SeedName
  /** For people. */
  title: string
  /** How its file is usually called, in its folder. */
  usual: readonly string[]
  /** Files that lie beside it and belong to it. */
  beside: readonly string[]
  /** One object of the file and those beside it. */
  together?(contents: Fields, beside: Readonly<Record<string, Fields>>): Fields
  /** Whether what stands in a file is its own. */
  recognises(contents: Fields): boolean
  read(contents: Fields): Imported
}

const hasList = (contents: Fields, ...names: string[]) => names.some((name) => Array.isArray(contents[name]))
const itemsOf = (contents: Fields, name: string): Fields[] => (Array.isArray(contents[name]) ? contents[name].filter(isFields) : [])

const CCGATE_FILES = ['server.json', 'upstreams.json', 'tenants.json', 'pricing.json']

export const SEEDS: readonly Seed[] = [
  {
    name: 'claude-code-router',
    title: 'claude-code-router',
    usual: ['config.json'],
    beside: [],
    recognises: (contents) => hasList(contents, 'Providers') || (hasList(contents, 'providers') && 'Router' in contents),
    read: readClaudeCodeRouter,
  },
  {
    name: 'ccnexus',
    title: 'ccNexus',
    usual: ['ccnexus.db'],
    beside: [],
    recognises: (contents) =>
      'app_config' in contents || itemsOf(contents, 'endpoints').some((item) => 'apiUrl' in item || 'api_url' in item),
    read: readCcnexus,
  },
  {
    name: 'cc-bridge',
    title: 'cc-bridge',
    usual: ['config.json', '.config/config.json'],
    beside: ['pricing.json', 'model-aliases.json', 'ratelimit.json'],
    together: (contents, beside) => ({ ...contents, ...beside }),
    recognises: (contents) => hasList(contents, 'upstream', 'responsesUpstream', 'geminiUpstream', 'chatUpstream'),
    read: readCcBridge,
  },
  {
    name: 'ccproxy',
    title: 'ccproxy',
    usual: ['config.json'],
    beside: [],
    recognises: (contents) => hasList(contents, 'providers'),
    read: readCcproxy,
  },
  {
    name: 'ccgate',
    title: 'CCGate',
    usual: ['upstreams.json', 'config/upstreams.json'],
    beside: CCGATE_FILES,
    // No two of its files have a field of the same name.
    together: (contents, beside) => Object.assign({}, ...Object.values(beside), contents) as Fields,
    recognises: (contents) =>
      hasList(contents, 'upstreams', 'tenants') || isFields(contents['modelPricing']) || 'port' in fieldsIn(contents['server']),
    read: readCcgate,
  },
  {
    name: 'cc-proxy',
    title: 'CC-Proxy',
    usual: ['providers.toml'],
    beside: [],
    recognises: (contents) => hasList(contents, 'provider'),
    read: readCcProxy,
  },
]
