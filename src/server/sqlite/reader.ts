/**
 * The SQLite that this runtime has: its own, or the package `libsql`. The three differ in how values are bound and rows are read; here they do not.
 *
 * @module
 */

/** What can be bound. Not booleans: libsql ends the whole process over one. Whole numbers beyond 2^53 as bigint. */
export type Value = string | number | bigint | Uint8Array | null

export type Row = Record<string, unknown>

/** A prepared statement. Whole numbers beyond 2^53 cannot be read as they are: have SQL `CAST` them to text. Bytes come as Uint8Array or as ArrayBuffer. */
export interface Statement {
  run(...values: Value[]): { changes: number }
  /** The first row. */
  get(...values: Value[]): Row | undefined
  all(...values: Value[]): Row[]
}

/** An open database, before anything is set. */
export interface Connection {
  prepare(sql: string): Statement
  /** Runs statements, parted by semicolons. */
  exec(sql: string): void
  close(): void
}

export type Connect = (path: string) => Connection

/** Loads a module by its name; `isCommonJs`: where it is known to be no module of ES. */
export type Load = (name: string, isCommonJs: boolean) => Promise<unknown>

interface ForeignStatement {
  run(...values: readonly unknown[]): { changes: number | bigint }
  all(...values: readonly unknown[]): Row[]
}

interface ForeignConnection {
  prepare(sql: string): ForeignStatement
  exec(sql: string): void
  close(): void
}

type Open = new (path: string) => ForeignConnection

interface Reader {
  /** Names of modules are data here: bundlers would look for what older runtimes do not have. */
  module: string
  open(found: unknown): Open
  /** Takes all values as one array; a single value, if it were `null`, it would read as an object of names. */
  bindsArray?: boolean
  isCommonJs?: boolean
  /** Loaded in its own way. */
  around?<T>(load: () => Promise<T>): Promise<T>
}

const READERS: readonly Reader[] = [
  { module: 'node:sqlite', open: (found) => (found as { DatabaseSync: Open }).DatabaseSync, around: withoutWarning },
  { module: 'bun:sqlite', open: (found) => (found as { Database: Open }).Database },
  { module: 'libsql', open: (found) => found as Open, bindsArray: true, isCommonJs: true, around: withoutPeers },
]

/** What to say where there is none. */
export const NO_READER =
  'Node reads SQLite by itself from version 22.13 on. Before that it takes a package beside cc-route: npm install libsql'

let own: Promise<Connect | undefined> | undefined

/** The first reader there is; `undefined` where there is none. */
export const findReader = (load?: Load): Promise<Connect | undefined> => (load ? firstOf(load) : (own ??= firstOf(loadOwn)))

/** Imported, CommonJS is looked through for the names it may export, which here takes 15 of 30 ms. */
const loadOwn: Load = async (name, isCommonJs) => {
  if (!isCommonJs) return import(name)
  const { createRequire } = await import('node:module')
  return createRequire(import.meta.url)(name)
}

async function firstOf(load: Load): Promise<Connect | undefined> {
  for (const { module, open, bindsArray = false, isCommonJs = false, around = asItIs } of READERS) {
    const found = await around(() => load(module, isCommonJs)).catch(() => undefined)
    if (found === undefined) continue
    const Connection = open(found)
    return (path) => connection(new Connection(path), bindsArray)
  }
  return undefined
}

function connection(foreign: ForeignConnection, bindsArray: boolean): Connection {
  return {
    prepare(sql) {
      const statement = foreign.prepare(sql)
      const run = (values: readonly Value[]) => (bindsArray ? statement.run(values) : statement.run(...values))
      const all = (values: readonly Value[]) => (bindsArray ? statement.all(values) : statement.all(...values))
      return {
        run: (...values) => ({ changes: Number(run(values).changes) }),
        // Their own `get` puts things into the row, or says `null` of none.
        get: (...values) => all(values)[0],
        all: (...values) => all(values),
      }
    },
    exec: (sql) => foreign.exec(sql),
    close: () => foreign.close(),
  }
}

const asItIs = <T>(run: () => T): T => run()

/** Node 22 warns on the terminal of a module that users neither asked for nor can do without. */
async function withoutWarning<T>(run: () => Promise<T>): Promise<T> {
  const { emitWarning } = process
  process.emitWarning = (warning: string | Error, ...rest: never[]) => {
    if (!String(warning).includes('SQLite')) emitWarning.call(process, warning, ...rest)
  }
  try {
    return await run()
  } finally {
    process.emitWarning = emitWarning
  }
}

/**
 * libsql has Node report on the whole process, to see which C library this is. For the report Node looks up the name of each peer, and everybody
 * waits: with 1000 connections for two minutes and more.
 */
async function withoutPeers<T>(run: () => Promise<T>): Promise<T> {
  const report = process.report as { excludeNetwork?: boolean } | undefined
  if (!report) return run()
  const { excludeNetwork } = report
  report.excludeNetwork = true
  try {
    return await run()
  } finally {
    report.excludeNetwork = excludeNetwork
  }
}
