/**
 * The ledger: which fields, blocks and events are exact, kept, approximated, dropped or refused, in each of the twelve directions.
 * `outcomes.json` holds what is, `docs/compatibility.md` is written from it. UPDATE_DOCS=1 writes both anew.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { describe, expect, it } from 'vitest'
import { PROTOCOLS } from '../fixtures/index.ts'
import { outcomes, page, type Outcomes } from './page.ts'
import { ledger } from './rows/index.ts'

const DATA = fileURLToPath(new URL('outcomes.json', import.meta.url))
const PAGE = fileURLToPath(new URL('../../docs/compatibility.md', import.meta.url))
const now = outcomes()

/** What the file holds once it is up to date. */
async function fresh(file: string, text: string): Promise<string> {
  const written = await format(text, { ...(await resolveConfig(file)), filepath: file })
  if (process.env['UPDATE_DOCS']) writeFileSync(file, written)
  return written
}

describe('the ledger', () => {
  it('is what the code does', async () => {
    const text = await fresh(DATA, JSON.stringify(now))
    expect(now).toEqual(JSON.parse(readFileSync(DATA, 'utf8')) as Outcomes)
    expect(readFileSync(DATA, 'utf8')).toBe(text)
  })
  it('is what the page says', async () => {
    const text = await fresh(PAGE, page(now))
    expect(readFileSync(PAGE, 'utf8')).toBe(text)
  })
  it.each(PROTOCOLS)('names each line of %s once', (name) => {
    const names = ledger[name].flatMap(({ title, rows }) => rows.map((row) => `${title} / ${row.name}`))
    expect(names.filter((one, i) => names.indexOf(one) !== i)).toEqual([])
  })
})
