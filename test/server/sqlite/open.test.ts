import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openDatabase } from '../../../src/server/sqlite/open.ts'
import { folder } from '../config/folder.ts'

const NOTES = 'CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT, big INTEGER, bytes BLOB)'

const open = async (path = join(folder(), 'test.db'), migrations: readonly string[] = [NOTES]) => {
  const database = await openDatabase(path, { migrations })
  return {
    path,
    database,
    all: () =>
      database
        .prepare('SELECT id, text FROM notes ORDER BY id')
        .all()
        .map((row) => ({ ...row })),
  }
}

describe('a database', () => {
  test('binds and reads values of each kind', async () => {
    const { database } = await open()
    const insert = database.prepare('INSERT INTO notes (text, big, bytes) VALUES (?, ?, ?)')
    expect(insert.run('zwölf 十二', 2n ** 60n + 1n, new Uint8Array([1, 0, 255]))).toEqual({ changes: 1 })
    insert.run(null, null, null)
    const rows = database.prepare('SELECT text, CAST(big AS TEXT) AS big, typeof(big) AS type, bytes FROM notes').all()
    expect(rows[0]).toMatchObject({ text: 'zwölf 十二', big: '1152921504606846977', type: 'integer' })
    expect([...new Uint8Array(rows[0]!['bytes'] as Uint8Array)]).toEqual([1, 0, 255])
    expect({ ...rows[1] }).toEqual({ text: null, big: null, type: 'null', bytes: null })
    expect(database.prepare('SELECT id FROM notes WHERE text IS ?').all(null)).toHaveLength(1)
    expect({ ...database.prepare('SELECT count(*) AS n FROM notes').get() }).toEqual({ n: 2 })
    expect(database.prepare('SELECT id FROM notes WHERE id = ?').get(99)).toBeUndefined()
    database.close()
    database.close()
  })

  test('does a transaction whole or not at all', async () => {
    const { database, all } = await open()
    const insert = (text: string) => database.prepare('INSERT INTO notes (text) VALUES (?)').run(text)
    expect(database.transaction(() => insert('a').changes)).toBe(1)
    expect(() =>
      database.transaction(() => {
        insert('b')
        throw new Error('no')
      }),
    ).toThrow('no')
    database.transaction(() => insert('c'))
    expect(all()).toEqual([
      { id: 1, text: 'a' },
      { id: 2, text: 'c' },
    ])
    database.close()
  })

  test('is its owner’s alone, with the files beside it, and in the mode for many readers', async () => {
    const path = join(folder(), 'new', 'deep', 'test.db')
    const { database } = await open(path)
    expect(database.prepare('PRAGMA journal_mode').get()).toMatchObject({ journal_mode: 'wal' })
    expect(database.prepare('PRAGMA synchronous').get()).toMatchObject({ synchronous: 1 })
    expect(database.prepare('PRAGMA auto_vacuum').get()).toMatchObject({ auto_vacuum: 2 })
    if (process.platform !== 'win32')
      for (const file of [path, `${path}-wal`, `${path}-shm`]) expect(statSync(file).mode & 0o777, file).toBe(0o600)
    database.close()
    expect(existsSync(`${path}-wal`) ? statSync(`${path}-wal`).size : 0).toBe(0)
    chmodSync(path, 0o644)
    const again = await open(path)
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600)
    again.database.close()
  })

  test('is shared: a second connection reads what the first wrote, and waits its turn', async () => {
    const first = await open()
    const second = await open(first.path)
    first.database.prepare('INSERT INTO notes (text) VALUES (?)').run('a')
    expect(second.all()).toEqual([{ id: 1, text: 'a' }])
    first.database.exec('BEGIN IMMEDIATE')
    second.database.exec('PRAGMA busy_timeout = 20')
    expect(() => second.database.transaction(() => undefined)).toThrow(/locked/)
    first.database.exec('COMMIT')
    second.database.transaction(() => second.database.prepare('INSERT INTO notes (text) VALUES (?)').run('b'))
    expect(first.all()).toHaveLength(2)
    first.database.close()
    second.database.close()
  })
})

describe('migrations', () => {
  test('each step is taken once, and what was there is kept', async () => {
    const { path, database, all } = await open()
    database.prepare('INSERT INTO notes (text) VALUES (?)').run('old')
    expect(all()).toHaveLength(1)
    database.close()
    const steps = [NOTES, "ALTER TABLE notes ADD COLUMN more TEXT DEFAULT 'x'; CREATE INDEX notes_text ON notes (text)"]
    for (let time = 0; time < 2; time++) {
      const { database: later } = await open(path, steps)
      expect(later.prepare('SELECT text, more FROM notes').get()).toMatchObject({ text: 'old', more: 'x' })
      expect(later.prepare('PRAGMA user_version').get()).toMatchObject({ user_version: 2 })
      later.close()
    }
  })

  test('a step that fails leaves the file as it was', async () => {
    const { path, database } = await open()
    database.close()
    await expect(open(path, [NOTES, 'CREATE TABLE more (id INTEGER); CREATE TABLE notes (id INTEGER)'])).rejects.toThrow(/already exists/)
    const { database: again } = await open(path)
    expect(again.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all()).toHaveLength(1)
    again.close()
  })

  test('a file of a newer version is left alone', async () => {
    const { path, database } = await open(undefined, [NOTES, 'CREATE TABLE more (id INTEGER)'])
    database.close()
    await expect(open(path)).rejects.toThrow(`Cannot open the database ${path}: a newer cc-route wrote it (its tables are of version 2`)
  })

  test('several that open a new file at once', async () => {
    const path = join(folder(), 'test.db')
    const opened = await Promise.all(Array.from({ length: 4 }, () => open(path)))
    opened[0]!.database.prepare('INSERT INTO notes (text) VALUES (?)').run('a')
    for (const { database, all } of opened) {
      expect(all()).toHaveLength(1)
      database.close()
    }
  })
})

describe('what cannot be opened', () => {
  test('a file that is no database is not touched', async () => {
    const path = join(folder(), 'test.db')
    const text = 'These are the notes of somebody, and they are dear. '.repeat(100)
    writeFileSync(path, text)
    await expect(open(path)).rejects.toThrow(`Cannot open the database ${path}: `)
    expect(readFileSync(path, 'utf8')).toBe(text)
  })

  test('without a reader it says what to install', async () => {
    const load = () => Promise.reject(new Error('none'))
    await expect(openDatabase('any.db', { migrations: [], load })).rejects.toThrow(/any\.db.*npm install libsql/)
  })
})
