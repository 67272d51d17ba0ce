import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'libsql'
import { beforeAll, describe, expect, test } from 'vitest'
import { importConfig, type ImportResult } from '../../../src/server/import/index.ts'
import { withDatabase } from '../../../src/server/import/sqlite.ts'
import { folder } from '../config/folder.ts'
import { ccnexus } from './examples.ts'
import { imported, serving, type Asked } from './importing.ts'

describe('its JSON', () => {
  let result: ImportResult
  let asked: Asked
  beforeAll(async () => {
    result = await imported(ccnexus)
    asked = await serving(result)
  })

  test('endpoints are asked in their order, each for its own model', async () => {
    expect(await asked('claude', { model: 'claude-x' }, { failing: ['api.openai.com', 'relay.example'] })).toEqual([
      'api.openai.com gpt-4-turbo Bearer sk-a',
      'relay.example claude-x sk-b',
      'generativelanguage.googleapis.com gemini-2.5-pro sk-d',
    ])
    expect(await asked('claude', { model: 'B-relay/claude-y' })).toEqual(['relay.example claude-y sk-b'])
  })

  test('everything else', () => {
    expect(result.config).toMatchObject({
      server: { port: 3001, proxy: 'socks5://127.0.0.1:1080' },
      log: { level: 'info' },
      endpoints: { C: { enabled: false }, E: { protocol: 'openai-responses', enabled: false } },
      pools: { main: { members: ['A', 'B-relay', 'C', 'D', 'E'], retry: { attempts: 10 } } },
      routes: { default: 'main' },
    })
    expect(result.notes.map(({ path }) => path).toSorted()).toEqual(['endpoints[1].name', 'endpoints[4]'])
    expect(result.text).toContain('# the team’s account')
  })

  test('its documented example', async () => {
    const { config, notes } = await imported(
      '{"port":3000,"endpoints":[{"name":"A","apiUrl":"https://api.openai.com","apiKey":"sk-x","enabled":true,"transformer":"openai","model":"gpt-4-turbo","remark":""}],"logLevel":1}',
    )
    expect(config).toEqual({
      server: { port: 3000 },
      log: { level: 'info' },
      endpoints: { A: { protocol: 'openai', baseUrl: 'https://api.openai.com', apiKey: 'sk-x', model: 'gpt-4-turbo' } },
      routes: { default: 'A' },
    })
    expect(notes).toEqual([])
  })
})

const TABLES = `
  CREATE TABLE endpoints (id INTEGER PRIMARY KEY, name TEXT UNIQUE, api_url TEXT, api_key TEXT, auth_mode TEXT DEFAULT 'api_key', enabled BOOLEAN DEFAULT TRUE,
    transformer TEXT DEFAULT 'claude', model TEXT, remark TEXT, sort_order INTEGER DEFAULT 0, created_at DATETIME, updated_at DATETIME);
  CREATE TABLE endpoint_credentials (id INTEGER PRIMARY KEY, endpoint_name TEXT, access_token TEXT);
  CREATE TABLE daily_stats (id INTEGER PRIMARY KEY, endpoint_name TEXT, date TEXT, requests INTEGER);
  CREATE TABLE app_config (key TEXT PRIMARY KEY, value TEXT, updated_at DATETIME);`

function database(sql: string): string {
  const path = join(folder(), 'ccnexus.db')
  const made = new Database(path)
  made.exec(sql)
  made.close()
  return path
}

describe('its database', () => {
  const path = () =>
    database(`${TABLES}
      INSERT INTO endpoints (name, api_url, api_key, enabled, transformer, model, remark, sort_order) VALUES
        ('last', 'last.example', 'sk-l', 1, 'claude', '', '', 2), ('first', 'https://first.example/v1', 'sk-f', 1, 'openai', 'gpt-5', 'a remark', 0),
        ('off', 'https://off.example', 'sk-o', 0, 'gemini', 'gemini-2.5-pro', '', 1);
      INSERT INTO endpoints (name, api_url, auth_mode, transformer) VALUES ('codex', '', 'codex_token_pool', 'claude');
      INSERT INTO endpoint_credentials (endpoint_name, access_token) VALUES ('codex', 'token-of-an-account');
      INSERT INTO daily_stats (endpoint_name, requests) VALUES ('first', 3);
      INSERT INTO app_config (key, value) VALUES ('port', '3003'), ('logLevel', '2'), ('theme', 'dark'), ('windowWidth', '800'), ('device_id', 'x'),
        ('proxy_url', '127.0.0.1:7890'), ('codex_proxy_url', 'http://127.0.0.1:7891'), ('basicAuthEnabled', 'true'), ('basicAuthPassword', 'secret-word'),
        ('webdav_url', 'https://dav.example'), ('webdav_password', 'secret-word'), ('something_new', '1');`)

  test('is read', async () => {
    const { from, config, notes, text } = await importConfig(path(), { variables: {} })
    expect(from).toBe('ccnexus')
    expect(config).toMatchObject({
      server: { port: 3003, proxy: 'http://127.0.0.1:7890' },
      log: { level: 'warn' },
      endpoints: {
        first: { protocol: 'openai', baseUrl: 'https://first.example/v1', apiKey: 'sk-f', model: 'gpt-5' },
        off: { protocol: 'gemini', enabled: false },
        last: { protocol: 'claude', baseUrl: 'https://last.example' },
        codex: { protocol: 'openai-responses', proxy: 'http://127.0.0.1:7891', enabled: false },
      },
      pools: { main: { members: ['first', 'codex', 'off', 'last'] } },
    })
    expect(notes.map(({ path: at }) => at).toSorted()).toEqual([
      'basicAuthEnabled',
      'daily_stats',
      'endpoint_credentials',
      'endpoints[3]',
      'something_new',
      'webdav_url',
    ])
    expect(text).toContain('# a remark')
    expect(text).not.toMatch(/secret-word|token-of-an-account/)
  })

  test('is found in its folder', async () => {
    expect((await importConfig(join(path(), '..'), { variables: {} })).from).toBe('ccnexus')
  })

  test('of an older version', async () => {
    const old =
      database(`CREATE TABLE endpoints (id INTEGER PRIMARY KEY, name TEXT, api_url TEXT, api_key TEXT, enabled BOOLEAN, transformer TEXT, model TEXT);
      INSERT INTO endpoints (name, api_url, api_key, enabled, transformer, model) VALUES ('a', 'https://a.example', 'k', 1, 'claude', NULL);`)
    const { config } = await importConfig(old, { variables: {} })
    expect(config).toEqual({
      server: { port: 3000 },
      endpoints: { a: { protocol: 'claude', baseUrl: 'https://a.example', apiKey: 'k' } },
      routes: { default: 'a' },
    })
  })

  test('with what its program has not put into it yet', async () => {
    const file = join(folder(), 'ccnexus.db')
    const open = new Database(file)
    open.exec(
      `PRAGMA journal_mode = WAL; ${TABLES} INSERT INTO endpoints (name, api_url, api_key) VALUES ('late', 'https://late.example', 'k')`,
    )
    expect(Object.keys((await importConfig(file, { variables: {} })).config.endpoints)).toEqual(['late'])
    open.close()
  })

  test('that is broken, or somebody else’s', async () => {
    const broken = join(folder(), 'ccnexus.db')
    writeFileSync(broken, `SQLite format 3\0${'x'.repeat(200)}`)
    await expect(importConfig(broken)).rejects.toThrow(`${broken} cannot be read: `)
    const other = database('CREATE TABLE channels (id INTEGER)')
    await expect(importConfig(other)).rejects.toThrow('this is no configuration that is known')
    await expect(importConfig(database(TABLES))).rejects.toThrow('there is no provider in this configuration of ccNexus')
  })

  test('where nothing reads databases, the error says what to install', async () => {
    const asked: string[] = []
    const none = (name: string) => {
      asked.push(name)
      return Promise.reject(new Error('no such module'))
    }
    await expect(withDatabase(path(), () => 1, none)).rejects.toThrow('npm install libsql')
    expect(asked).toEqual(['node:sqlite', 'bun:sqlite', 'libsql'])
  })

  test('with what the runtime has', async () => {
    const load = (name: string) =>
      name === 'node:sqlite' ? Promise.resolve({ DatabaseSync: Database }) : Promise.reject(new Error('not asked'))
    expect(await withDatabase(path(), ({ tables, count }) => [tables.length, count('endpoints')], load)).toEqual([4, 4])
  })
})
