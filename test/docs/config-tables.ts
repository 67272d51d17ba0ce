import { VARIABLES } from '../../src/server/config/overlay.ts'
import { PRESETS } from '../../src/server/config/presets.ts'
import { pathText } from '../../src/server/config/problem.ts'
import { ConfigSchema } from '../../src/server/config/schema.ts'
import { descriptionOf, fieldsOf, plainSchema, schemaAt } from '../../src/server/config/walk-schema.ts'

const code = (text: string) => `\`${text}\``
const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('*', '\\*')
const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')

type Fields = NonNullable<ReturnType<typeof fieldsOf>>

const fieldTable = (fields: Fields): string =>
  table(
    ['field', 'what it is'],
    Object.entries(fields).map(([name, schema]) => [code(name), cell(descriptionOf(schema) ?? '')]),
  )

/** The fields of the object that a path of the configuration leads to. */
const fields = (...path: (string | number)[]): string => fieldTable(fieldsOf(schemaAt(ConfigSchema, path)!)!)

/** A key may be a text, the place of one, or an object with a name. */
const keyFields = plainSchema(schemaAt(ConfigSchema, ['endpoints', 'a', 'apiKeys', 0])!)
  .options!.map(fieldsOf)
  .find((found) => found && 'org' in found)!

/** The same of the keys of clients. */
const clientKeyFields = plainSchema(schemaAt(ConfigSchema, ['server', 'keys', 0])!)
  .options!.map(fieldsOf)
  .find((found) => found && 'group' in found)!

const ledgerFields = plainSchema(schemaAt(ConfigSchema, ['ledger'])!)
  .options!.map(fieldsOf)
  .find((found) => found && 'store' in found)!

/** The tables of the page about the configuration, by the names of their marks. */
export const configTables: Readonly<Record<string, string>> = {
  file: fields(),
  endpoint: fields('endpoints', 'a'),
  key: fieldTable(keyFields),
  capabilities: fields('endpoints', 'a', 'capabilities'),
  timeouts: fields('endpoints', 'a', 'timeouts'),
  price: fields('endpoints', 'a', 'price'),
  ledger: fieldTable(ledgerFields),
  prices: fields('prices'),
  model: fields('endpoints', 'a', 'models', 'm'),
  pool: fields('pools', 'a'),
  member: fields('pools', 'a', 'members', 0),
  affinity: fields('pools', 'a', 'affinity'),
  breaker: fields('pools', 'a', 'breaker'),
  hedge: fields('pools', 'a', 'hedge'),
  health: fields('pools', 'a', 'health'),
  retry: fields('pools', 'a', 'retry'),
  throttle: fields('pools', 'a', 'retry', 'throttle'),
  routes: fields('routes'),
  target: fields('routes', 'default'),
  parameters: fields('routes', 'default', 'set'),
  condition: fields('routes', 'rules', 0, 'when'),
  budget: fields('budgets', 0),
  server: fields('server'),
  clientKey: fieldTable(clientKeyFields),
  group: fields('groups', 'a'),
  limits: fields('server', 'limits'),
  log: fields('log'),
  backup: fields('backup'),
  variables: table(
    ['variable', 'field'],
    Object.entries(VARIABLES).map(([name, { path }]) => [code(name), code(pathText(path))]),
  ),
  presets: table(
    ['preset', 'key', 'speaks', 'address'],
    PRESETS.map(({ name, aliases = [], keys, protocol, baseUrl, example }) => [
      [name, ...aliases].map(code).join(', '),
      keys.map(code).join(' or ') || 'none',
      protocol,
      baseUrl ? code(baseUrl) : `of your account: ${code(example ?? '')}`,
    ]),
  ),
}
