import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Change } from '../../../src/server/config/change.ts'
import { loadConfig } from '../../../src/server/config/load.ts'
import { ConfigError } from '../../../src/server/config/problem.ts'
import { ConfigConflict } from '../../../src/server/config/conflict.ts'
import { saveConfig } from '../../../src/server/config/save.ts'
import { virtualClock } from '../../../src/testing/clock.ts'
import { folder } from './folder.ts'

const TEXT = '// mine\n{ "endpoints": { "ollama": {}, /* two */ "vllm": {} } }\n'
const options = { variables: {} }
const setup = (text = TEXT) => {
  const path = join(folder(), 'config.jsonc')
  writeFileSync(path, text, { mode: 0o644 })
  return path
}
const setDefault = (value: string): Change => ({ op: 'set', path: ['routes', 'default'], value })
const backups = (path: string) => readdirSync(join(path, '../backups'))

describe('changes are written back', () => {
  test('with all comments, for the user alone, the old file kept', async () => {
    const path = setup()
    const before = await loadConfig(path, options)
    const after = await saveConfig(path, [setDefault('vllm')], {
      ...options,
      revision: before.revision,
      clock: virtualClock(Date.UTC(2026, 10, 21)),
    })
    const text = readFileSync(path, 'utf8')
    expect(text).toContain('// mine')
    expect(text).toContain('/* two */')
    expect(await loadConfig(path, options)).toEqual(after)
    expect(after.config.routes?.default).toBe('vllm')
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(backups(path)).toEqual(['config-2026-11-21T00-00-00.000.jsonc'])
    expect(readFileSync(join(path, '../backups', backups(path)[0]!), 'utf8')).toBe(TEXT)
    expect(readdirSync(join(path, '..')).toSorted()).toEqual(['backups', 'config.jsonc'])
  })

  test('to the file that a link leads to', async () => {
    const path = setup()
    mkdirSync(join(path, '../links'))
    const link = join(path, '../links/config.jsonc')
    symlinkSync(path, link)
    await saveConfig(link, [setDefault('vllm')], options)
    expect(readFileSync(path, 'utf8')).toContain('vllm"')
    expect(readFileSync(link, 'utf8')).toBe(readFileSync(path, 'utf8'))
  })

  test('ten old files are kept', async () => {
    const path = setup()
    const clock = virtualClock(0)
    for (let turn = 0; turn < 13; turn++) {
      await clock.advance(1000)
      await saveConfig(path, [setDefault(turn % 2 ? 'ollama' : 'vllm')], { ...options, clock })
    }
    expect(backups(path)).toHaveLength(10)
    expect(backups(path).toSorted()[0]).toBe('config-1970-01-01T00-00-04.000.jsonc')
  })

  test('one after the other, none is lost', async () => {
    const path = setup()
    const changes = Array.from({ length: 20 }, (_, index): Change => ({ op: 'set', path: ['routes', 'aliases', `a${index}`], value: 'm' }))
    await Promise.all(changes.map((change) => saveConfig(path, [change], options)))
    expect(Object.keys((await loadConfig(path, options)).config.routes!.aliases!)).toHaveLength(20)
  })
})

describe('nothing is written', () => {
  test('where the file has changed since', async () => {
    const path = setup()
    const { revision } = await loadConfig(path, options)
    writeFileSync(path, TEXT.replace('mine', 'yours'))
    const error: unknown = await saveConfig(path, [setDefault('vllm')], { ...options, revision }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ConfigConflict)
    expect(error).toMatchObject({ revision: (await loadConfig(path, options)).revision })
    expect(readFileSync(path, 'utf8')).toBe(TEXT.replace('mine', 'yours'))
  })

  test('where the file changes while secrets are fetched', async () => {
    const path = setup('{ "endpoints": { "openai": { "apiKey": "file:k" } } }')
    const other = '{ "endpoints": { "ollama": {} } }'
    const readers = {
      readFile: async () => {
        writeFileSync(path, other)
        return 'k'
      },
      run: async () => '',
    }
    await expect(saveConfig(path, [setDefault('openai')], { ...options, readers })).rejects.toThrow(ConfigConflict)
    expect(readFileSync(path, 'utf8')).toBe(other)
  })

  test('where the result could not be used', async () => {
    const path = setup()
    await expect(saveConfig(path, [setDefault('nobody')], options)).rejects.toThrow(ConfigError)
    await expect(saveConfig(path, [{ op: 'remove', path: ['endpoints'] }], options)).rejects.toThrow(ConfigError)
    expect(readFileSync(path, 'utf8')).toBe(TEXT)
    expect(readdirSync(join(path, '..'))).toEqual(['config.jsonc'])
  })
})

test('as many old files are kept as the configuration says, and those of others are let be', async () => {
  const path = setup(TEXT.replace('{ "endpoints"', '{ "backup": { "versions": 2 }, "endpoints"'))
  const clock = virtualClock(0)
  mkdirSync(join(path, '../backups'))
  for (const other of ['config-of-mine.jsonc', 'config-x-1970-01-01T00-00-00.000.jsonc']) writeFileSync(join(path, '../backups', other), '')
  for (let turn = 0; turn < 4; turn++) await saveConfig(path, [setDefault(turn % 2 ? 'ollama' : 'vllm')], { ...options, clock })
  expect(backups(path).toSorted()).toEqual([
    // Changes of one millisecond are told apart.
    'config-1970-01-01T00-00-00.002.jsonc',
    'config-1970-01-01T00-00-00.003.jsonc',
    'config-of-mine.jsonc',
    'config-x-1970-01-01T00-00-00.000.jsonc',
  ])
})
