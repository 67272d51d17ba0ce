import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { expect, test } from 'vitest'
import { readPage, root } from '../../docs/blocks.ts'
import { configTables } from '../../docs/config-tables.ts'

const page = 'docs/config.md'
const marked = (name: string) => new RegExp(`(<!-- config:${name} -->\\n)[^]*?(<!-- /config:${name} -->)`)

// UPDATE_DOCS=1, which `npm run schema` sets, writes them anew.
test('the page has every table, as the code has it', async () => {
  const written = Object.entries(configTables).reduce((text, [name, table]) => {
    expect(text, `${page} has no <!-- config:${name} -->`).toMatch(marked(name))
    return text.replace(marked(name), (_, open: string, close: string) => `${open}\n${table}\n\n${close}`)
  }, readPage(page))
  const fresh = await format(written, { ...(await resolveConfig(join(root, page))), parser: 'markdown' })
  if (process.env['UPDATE_DOCS']) writeFileSync(join(root, page), fresh)
  expect(readPage(page)).toBe(fresh)
})

test('every field is told of', () => {
  const empty = Object.entries(configTables).flatMap(([name, table]) => (/\|\s+\|$/m.test(table) ? [name] : []))
  expect(empty).toEqual([])
})
