/**
 * claude-code-router: config.json.
 *
 * @module
 */
import type { ConfigInput } from '../config/schema.ts'
import type { Target, TargetObject } from '../config/target-schema.ts'
import { providerOf, type Provider } from './claude-code-router-provider.ts'
import { configOf, createNames, filled, type Imported, shortest } from './imported.ts'
import { countOf, levelOf, portOf, proxyOf, serverOf } from './server-of.ts'
import { openSection, type Fields, type Section } from './section.ts'

const PORT = 3456
const SLOTS = ['default', 'background', 'think', 'webSearch', 'image'] as const

export function readClaudeCodeRouter(contents: Fields): Imported {
  const { top, notes } = openSection(contents, withVariables)
  const nameOf = createNames()
  const timeoutMs = countOf(top, 'API_TIMEOUT_MS')
  const sections = [...top.sections('Providers'), ...top.sections('providers')]
  const providers = sections.map((section, index) =>
    providerOf(section, nameOf(section.text('name'), `provider-${index + 1}`, section), timeoutMs),
  )
  const silent = top.flag('LOG') === false
  const level = levelOf(top, 'LOG_LEVEL')
  const config = configOf({
    server: serverOf({
      host: { section: top, field: 'HOST' },
      port: portOf(top, 'PORT', PORT),
      proxy: proxyOf(top, 'PROXY_URL'),
      clientKeys: [{ name: 'main', key: top.text('APIKEY'), section: top, field: 'APIKEY' }],
    }),
    log: filled({ level: silent ? ('silent' as const) : level }),
    endpoints: Object.fromEntries(providers.map(({ name, endpoint }) => [name, endpoint])),
    routes: routesOf(top.section('Router'), top.section('fallback'), providers),
  })
  for (const transformer of top.sections('transformers')) {
    transformer.note(`the transformer ${nameIn(transformer)} is a program of its own, and is not run`)
    transformer.ignore(...transformer.names())
  }
  for (const plugin of top.sections('plugins')) {
    if (plugin.flag('enabled') !== false) plugin.note(`the plug-in ${nameIn(plugin)} is a program of its own, and is not run`)
    plugin.ignore(...plugin.names())
  }
  top.drop({
    CUSTOM_ROUTER_PATH:
      'a router of your own is a program, and is not run: write its conditions as "routes.rules", or use cc-route as a library, whose router() takes "choose"',
    REWRITE_SYSTEM_PROMPT: 'the system prompt is not replaced',
    StatusLine: 'the status line is not carried over',
    NON_INTERACTIVE_MODE: 'is not carried over: set what the job needs, such as CI=true, where it runs',
    CLAUDE_PATH: 'is not carried over: claude is found by its name',
    forceUseImageAgent: 'there is no agent that looks at images: requests with images go to "routes.image"',
  })
  return { config, notes: notes(), comments: [] }
}

const nameIn = (section: Section): string => JSON.stringify(section.text('name', 'path') ?? section.path)

/** `$NAME` and `${NAME}` are variables there, too; every other dollar sign is one. */
const withVariables = (text: string): string => text.replace(/\$(?!\{\w+\}|[A-Z_][A-Z0-9_]*)/g, () => '$$')

function routesOf(router: Section, fallback: Section, providers: readonly Provider[]): ConfigInput['routes'] {
  const targetOf = (slot: string): TargetObject | undefined => {
    const text = router.text(slot)
    const [first, ...others] = [
      ...(text === undefined ? [] : [legOf(text, providers, router, slot)]),
      ...fallback.texts(slot).map((each) => legOf(each, providers, fallback, slot)),
    ].filter((leg) => leg !== undefined)
    return first && { ...first, ...(others.length && { fallbacks: others.map(shortest) }) }
  }
  const slots = Object.fromEntries(
    SLOTS.flatMap((slot) => {
      const target = targetOf(slot)
      return target ? [[slot, shortest(target)]] : []
    }),
  ) as Partial<Record<(typeof SLOTS)[number], Target>>
  const long = targetOf('longContext')
  const above = countOf(router, 'longContextThreshold')
  const [usual] = providers
  if (slots.default === undefined && usual) {
    slots.default = shortest(usual.target(usual.models[0]))
    router.note(`is missing or leads nowhere: ${usual.name} is taken`, 'default')
  }
  if (slots.image !== undefined)
    router.note('an agent looked at images for the other models there; here the whole request with an image goes to this model', 'image')
  const longContext = long && (above === undefined ? shortest(long) : { ...long, above })
  return filled({ ...slots, longContext }) as ConfigInput['routes']
}

/** `provider,model`: either may hold commas itself. */
function legOf(text: string, providers: readonly Provider[], section: Section, field: string): TargetObject | undefined {
  const lower = text.toLowerCase()
  const found = providers
    .filter(({ given }) => lower === given.toLowerCase() || lower.startsWith(`${given.toLowerCase()},`))
    .toSorted((a, b) => b.given.length - a.given.length)[0]
  if (!found) {
    section.note(`${JSON.stringify(text)} names no provider, and is not carried over`, field)
    return undefined
  }
  const model = text.slice(found.given.length + 1).trim() || found.models[0]
  return found.target(model)
}
