/** What docs/import.md shows is what comes out. UPDATE_DOCS=1 writes it anew. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { expect, test } from 'vitest'
import { SEEDS } from '../../../src/server/import/index.ts'
import { blocksOf, readPage, root, type Block } from '../../docs/blocks.ts'
import { imported } from './importing.ts'

const PAGE = 'docs/import.md'
const page = readPage(PAGE)
const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, title]) => title!)

test('there is a section for each', () => {
  expect(headings.toSorted()).toEqual(SEEDS.map(({ title }) => title).toSorted())
  for (const { name } of SEEDS) expect(page).toContain(`\`--from ${name}\``)
})

test('each example becomes what the page shows', async () => {
  const lines = page.split('\n')
  const sectionOf = ({ line }: Block) => lines.slice(0, line).findLast((text) => text.startsWith('## '))
  for (const title of headings.toReversed()) {
    const [file, made] = blocksOf(PAGE).filter((block) => sectionOf(block) === `## ${title}`)
    const result = await imported(file!.code, { name: file!.language === 'toml' ? 'providers.toml' : 'config.json' })
    expect(result.title).toBe(title)
    const body = result.text.slice(result.text.indexOf('\n\n') + 2)
    const text = made!.code.startsWith('# Made by') ? result.text : body
    lines.splice(made!.line, made!.code.split('\n').length - 1, text.trimEnd())
  }
  const fresh = await format(lines.join('\n'), { ...(await resolveConfig(join(root, PAGE))), parser: 'markdown' })
  if (process.env['UPDATE_DOCS']) writeFileSync(join(root, PAGE), fresh)
  expect(readPage(PAGE)).toBe(fresh)
})
