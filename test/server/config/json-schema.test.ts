import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { format, resolveConfig } from 'prettier'
import { describe, expect, test } from 'vitest'
import { parseConfig } from '../../../src/server/config/parse.ts'
import { readConfig } from '../../../src/server/config/read.ts'
import { readSource } from '../../../src/server/config/source.ts'
import { allBlocks, root } from '../../docs/blocks.ts'
import { jsonSchema, SCHEMA_FILE } from './json-schema.ts'

const path = join(root, SCHEMA_FILE)

// UPDATE_DOCS=1, which `npm run schema` sets, writes it anew.
test('the file is as the code has it', async () => {
  const fresh = await format(JSON.stringify(jsonSchema()), { ...(await resolveConfig(path)), parser: 'json' })
  if (process.env['UPDATE_DOCS']) writeFileSync(path, fresh)
  expect(readFileSync(path, 'utf8')).toBe(fresh)
})

describe('an editor that reads it', () => {
  const ajv = new Ajv({ strict: false, allErrors: true })
  const accepts = ajv.compile(jsonSchema())
  const examples = allBlocks.filter(({ language, code }) => /^(json|yaml|toml)$/.test(language) && /"?endpoints\b/.test(code))

  test.each(examples.map((block) => [`${block.page}:${block.line}`, block] as const))(
    'is content with %s',
    async (_, { language, code }) => {
      const variables = new Proxy({}, { get: (_, name) => String(name), has: () => true })
      await parseConfig(code, { format: language as 'json', variables, readers: { readFile: async () => 'k', run: async () => 'k' } })
      const { value } = await readSource(code, language as 'json')
      accepts(value)
      expect(accepts.errors).toBeNull()
    },
  )

  test.each<[string, unknown]>([
    ['an unknown field', { endpoints: { a: { modle: 'x' } } }],
    ['a wrong protocol', { endpoints: { a: { protocol: 'x' } } }],
    ['a duration that is none', { endpoints: { a: { timeouts: { totalMs: '5 minutes' } } } }],
    ['a target of the wrong type', { endpoints: { openai: { apiKey: 'k' } }, routes: { think: 3 } }],
    ['a rule without a condition', { endpoints: { openai: { apiKey: 'k' } }, routes: { rules: [{ to: 'openai' }] } }],
    ['a strategy that is none', { endpoints: { openai: { apiKey: 'k' } }, pools: { p: { members: ['openai'], strategy: 'best' } } }],
    ['a list for an object', { endpoints: [] }],
  ])('sees %s, as the command does', (_, value) => {
    expect(accepts(value)).toBe(false)
    expect(() => readConfig(value)).toThrow()
  })
})
