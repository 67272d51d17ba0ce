import { expect, test } from 'vitest'
import { findReader } from '../../../src/server/sqlite/reader.ts'

/** What Node's reports leave out. */
const report = process.report as { excludeNetwork?: boolean }

test('Node looks up nobody’s name for the report that libsql asks for', async () => {
  const before = report.excludeNetwork
  const seen: Record<string, boolean | undefined> = {}
  await findReader((name) => {
    seen[name] = report.excludeNetwork
    return Promise.reject(new Error('not here'))
  })
  expect(seen).toEqual({ 'node:sqlite': before, 'bun:sqlite': before, libsql: true })
  expect(report.excludeNetwork).toBe(before)
})
