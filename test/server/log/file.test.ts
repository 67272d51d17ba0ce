/** A log on a disk that is full for a while. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { openLogFile } from '../../../src/server/log/file.ts'

const disk = vi.hoisted(() => ({ isFull: false }))
vi.mock(import('node:fs'), async (load) => {
  const fs = await load()
  return {
    ...fs,
    write: ((...args: Parameters<typeof fs.write>) =>
      disk.isFull ? (args.at(-1) as unknown as (error: Error) => void)(new Error('ENOSPC')) : fs.write(...args)) as typeof fs.write,
  }
})
const folder = mkdtempSync(join(tmpdir(), 'cc-route-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('what could not be written is told, and fills no file', async () => {
  const path = join(folder, 'a.log')
  const file = openLogFile({ path, maxBytes: 1000 })
  file.write('first\n')
  await vi.waitFor(() => expect(readFileSync(path, 'utf8')).toBe('first\n'))
  disk.isFull = true
  for (let i = 0; i < 8; i++) {
    file.write(`${'x'.repeat(150)}\n`)
    await new Promise((resolve) => setImmediate(resolve))
  }
  disk.isFull = false
  file.write('last\n')
  await file.close()
  expect(existsSync(`${path}.1`)).toBe(false)
  const text = readFileSync(path, 'utf8')
  expect(text).toMatch(/^first\nlast\n.*\b8 lines were lost here"\}\n$/)
})
