/** The page on security names every test that shows something. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readPage, root } from './blocks.ts'

test('every hole that is tested for is told of', () => {
  const page = readPage('docs/security.md')
  const tests = readdirSync(join(root, 'test/server/security')).filter((file) => file.endsWith('.test.ts'))
  expect(tests.length).toBeGreaterThan(20)
  expect(tests.filter((file) => !page.includes(`(../test/server/security/${file})`))).toEqual([])
})
