/**
 * docs/routing.md says what the code does. UPDATE_DOCS=1 writes its tables anew.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { describe, expect, it } from 'vitest'
import { NEEDS } from '../../../src/router/capability.ts'
import { explain } from '../../../src/router/explain.ts'
import { router } from '../../../src/router/routing/router.ts'
import { compose } from '../../../src/server/compose.ts'
import { ConditionSchema } from '../../../src/server/config/condition-schema.ts'
import { readConfig } from '../../../src/server/config/read.ts'
import { Think } from '../../../src/server/config/target-schema.ts'
import { blocksOf } from '../../docs/blocks.ts'
import { requestWith, scene } from './scene.ts'

const file = fileURLToPath(new URL('../../../docs/routing.md', import.meta.url))
const page = readFileSync(file, 'utf8')
const variables = new Proxy({}, { get: (_, name) => String(name) })

/** Said by its name, elsewhere. */
const SAID_HERE: Record<string, string> = { not: 'This must not hold.' }

/** What a schema says of each of its fields. */
function rowsOf(schema: unknown, head: string): string {
  const { entries } = schema as { entries: Record<string, unknown> }
  const rows = Object.entries(entries).map(([name, field]) => `| \`${name}\` | ${descriptionIn(field) ?? SAID_HERE[name]!} |`)
  return [`| ${head} |`, '| --- | --- |', ...rows].join('\n')
}

function descriptionIn(schema: unknown): string | undefined {
  const { pipe = [], wrapped } = schema as { pipe?: { type: string; description?: string }[]; wrapped?: unknown }
  return pipe.find(({ type }) => type === 'description')?.description ?? (wrapped === undefined ? undefined : descriptionIn(wrapped))
}

/** A target is a text, or an object whose `set` holds parameters. */
const parameters = (Think as unknown as { options: [unknown, { entries: { set: { wrapped: unknown } } }] }).options[1].entries.set.wrapped

const GENERATED: Record<string, string> = {
  conditions: `\n\n${rowsOf(ConditionSchema, 'part | holds where')}\n\n`,
  parameters: `\n\n${rowsOf(parameters, 'parameter | what it is')}\n\n`,
  needs: Object.keys(NEEDS)
    .map((need) => `\`${need}\``)
    .join(', '),
}

it('has the tables as the code has them', async () => {
  const fresh = Object.entries(GENERATED).reduce(
    (text, [name, content]) =>
      text.replace(new RegExp(`(<!-- ${name} -->)[^]*(<!-- /${name} -->)`), (_, from: string, to: string) => from + content + to),
    page,
  )
  const written = await format(fresh, { ...(await resolveConfig(file)), filepath: file })
  if (process.env['UPDATE_DOCS']) writeFileSync(file, written)
  expect(page).toBe(written)
})

describe('the page', () => {
  it('lists the rules in the order in which they are asked', async () => {
    const { target } = scene()
    const any = target('any')
    const app = router({
      default: any,
      choose: () => undefined,
      rules: [{ name: 'rules', when: { header: { 'x-none': true } }, to: any }],
      models: { none: any },
      subagent: any,
      longContext: any,
      background: any,
      webSearch: any,
      image: any,
      think: any,
      tiers: { small: any, middle: any, big: any },
    })
    const { rules } = await explain(app, requestWith())
    const section = page.slice(page.indexOf('## The rules in their order'), page.indexOf('## Targets'))
    expect([...section.matchAll(/^\| `([^`]+)`/gm)].map(([, rule]) => rule)).toEqual(rules!.map(({ rule }) => rule))
  })

  it.each(blocksOf('docs/routing.md').filter(({ language }) => language === 'json'))(
    'has a configuration that works, line $line',
    ({ code }) => {
      const said = JSON.parse(code) as object
      const endpoints = Object.fromEntries(
        ['gpt', 'gemini', 'small'].map((name) => [name, { protocol: 'openai', baseUrl: 'https://up.test', apiKey: 'k', model: 'm' }]),
      )
      const config = readConfig('endpoints' in said ? said : { endpoints, routes: { default: 'gpt', ...said } }, { variables })
      expect(compose(config).endpoints.size).toBeGreaterThan(1)
    },
  )
})
