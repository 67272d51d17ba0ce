/**
 * Every block of code in README.md and docs/ is run, and what it claims (`expression // => value`) is checked. Providers are
 * played by the built-in demo; everything else is real.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseConfig } from 'cc-route/server'
import { format, resolveConfig } from 'prettier'
import ts from 'typescript'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { dialectFor } from '../src/transformers/dialects.ts'
import { allBlocks, pages, readPage, root, type Block } from './docs/blocks.ts'
import { moduleOf } from './docs/claims.ts'
import { ADDRESSES, dialectTable } from './docs/dialects.ts'
import { settleTests } from './docs/node-test.ts'
import { closeServers } from './docs/server.ts'
import { enterWorld, leaveWorld, settleWorld } from './docs/world.ts'

const folder = join(root, 'test/docs/.blocks')
const fileOf = ({ page, line }: Block) => join(folder, `${page.replaceAll('/', '-').replace('.md', '')}-${line}.ts`)
const titleOf = ({ page, line }: Block) => `${page}:${line}`
const blocksIn = (...languages: string[]) => allBlocks.filter(({ language }) => languages.includes(language))
const programs = blocksIn('ts', 'js')

beforeAll(() => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const block of programs) writeFileSync(fileOf(block), moduleOf(block.code))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('every block says what it is', () => {
  const known = new Set(['ts', 'js', 'json', 'sh', 'toml', 'yaml', 'text'])
  expect(allBlocks.filter(({ language }) => !known.has(language)).map(titleOf)).toEqual([])
  expect(programs.length).toBeGreaterThan(10)
})

describe('programs run as they stand', () => {
  beforeAll(enterWorld)
  afterAll(leaveWorld)
  afterEach(closeServers)

  test.each(programs.map((block) => [titleOf(block), block] as const))('%s', async (_, block) => {
    await import(fileOf(block))
    await settleTests()
    await settleWorld()
  })
})

test('programs have the right types', { timeout: 60_000 }, () => {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, root)
  const files = [...programs.map(fileOf), join(root, 'test/docs/runtimes.d.ts')]
  const found = ts.getPreEmitDiagnostics(ts.createProgram(files, { ...options, noUnusedLocals: false }))
  const lines = found.map(({ file, start = 0, messageText }) => {
    const at = file ? `${file.fileName.slice(root.length)}:${file.getLineAndCharacterOfPosition(start).line + 1}: ` : ''
    return at + ts.flattenDiagnosticMessageText(messageText, '\n')
  })
  expect(lines).toEqual([])
})

describe('data can be read', () => {
  test.each(blocksIn('json').map((block) => [titleOf(block), block] as const))('%s', async (_, { code }) => {
    expect(JSON.parse(code)).toBeDefined()
    if (!code.includes('"endpoints"')) return
    const variables = new Proxy({}, { get: (_, name) => String(name) })
    const readers = { readFile: async () => 'key', run: async () => 'key' }
    const { config } = await parseConfig(code, { variables, readers })
    expect(Object.keys(config.endpoints).length).toBeGreaterThan(0)
  })
})

describe('commands', () => {
  const commands = blocksIn('sh')

  test.each(commands.map((block) => [titleOf(block), block] as const))('%s is legal shell', (_, { code }) => {
    execFileSync('bash', ['-n'], { input: code })
  })

  test('npm runs only scripts that there are', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> }
    const named = commands.flatMap(({ code }) => [...code.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name!))
    expect(named.filter((name) => !(name in scripts))).toEqual([])
  })

  test('node runs only files that there are', () => {
    const named = commands.flatMap(({ code }) =>
      [...code.matchAll(/\b(?:node|bun|deno run)\b[^\n]*? ((?:examples|scripts)\/[\w./-]+)/g)].map(([, name]) => name!),
    )
    expect(named.filter((name) => !existsSync(join(root, name)))).toEqual([])
  })
})

test('links lead somewhere', () => {
  const anchors = (page: string) =>
    [...readPage(page).matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
      title!
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    )
  const broken = pages.flatMap((page) =>
    [...readPage(page).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)].flatMap(([, path, anchor]) => {
      const to = path ? join(dirname(page), path) : page
      const leads = existsSync(join(root, to)) && (!anchor || anchors(to).includes(anchor))
      return leads ? [] : [`${page}: ${path}${anchor ? `#${anchor}` : ''}`]
    }),
  )
  expect(broken).toEqual([])
})

test('files that are named are there', () => {
  const named = (page: string) => [
    ...readPage(page).matchAll(/`((?:src|test|docs|examples|scripts|core|transformers|router|server)\/[\w./-]*)/g),
  ]
  const missing = pages.flatMap((page) =>
    named(page).flatMap(([, path]) => (['', 'src'].some((base) => existsSync(join(root, base, path!))) ? [] : [`${page}: ${path}`])),
  )
  expect(missing).toEqual([])
})

describe('the dialects page', () => {
  const page = 'docs/dialects.md'

  // UPDATE_DOCS=1 writes the table anew.
  test('has the table as the code has it', async () => {
    const marked = /(<!-- dialects -->\n)[^]*(<!-- \/dialects -->)/
    const fresh = await format(readPage(page).replace(marked, `$1\n${dialectTable()}\n\n$2`), {
      ...(await resolveConfig(join(root, page))),
      parser: 'markdown',
    })
    if (process.env['UPDATE_DOCS']) writeFileSync(join(root, page), fresh)
    expect(readPage(page)).toBe(fresh)
  })

  test.each(Object.entries(ADDRESSES))('%s is told by %s', (name, baseUrl) => {
    expect(dialectFor({ protocol: 'openai', baseUrl }).name).toBe(name)
  })
})
