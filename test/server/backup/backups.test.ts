import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { systemClock } from '../../../src/core/clock.ts'
import type { Backups } from '../../../src/server/backup/backups.ts'
import type { LedgerFiles } from '../../../src/server/backup/backup-work.ts'
import { createBackups, type BackupsOptions } from '../../../src/server/backup/create-backups.ts'
import { loadConfig, type Snapshot } from '../../../src/server/config/load.ts'
import { virtualClock, type VirtualClock } from '../../../src/testing/clock.ts'
import { folder } from '../config/folder.ts'
import { davServer, PASSWORD, USER, type DavServer } from './dav-server.ts'

const NOON = Date.UTC(2026, 10, 21, 12)
const variables = { KEY: 'sk-a-key-of-mine' }

interface Machine {
  backups: Backups
  path: string
  text(): string
  write(text: string): Promise<void>
  /** What is beside the file, and where backups are made. */
  left(): string[]
  clock: VirtualClock
  state: string
}

const configText = (url: string, more = '') => `{
  // mine
  "endpoints": { "one": { "protocol": "openai", "baseUrl": "https://one.example", "apiKey": "$KEY" } },${more}
  "backup": { "url": "${url}/cc", "username": "${USER}", "password": "${PASSWORD}", "name": "laptop", "keep": 2 }
}
`

async function machine(text: string, options: Partial<BackupsOptions> = {}, file = 'config.jsonc'): Promise<Machine> {
  const place = folder()
  const path = join(place, file)
  const clock = virtualClock(NOON)
  let snapshot: Snapshot
  const write = async (next: string) => {
    writeFileSync(path, next)
    snapshot = await loadConfig(path, { variables })
  }
  await write(text)
  const state = join(place, 'state')
  const backups = createBackups({
    config: () => snapshot.config,
    path,
    load: { variables },
    folder: state,
    fetchFor: () => fetch,
    clock,
    ...options,
  })
  const left = () => readdirSync(place, { recursive: true, encoding: 'utf8' }).toSorted()
  return { backups, path, text: () => readFileSync(path, 'utf8'), write, left, clock, state }
}

/** A ledger of lines, each of them its own id. */
function lines(...held: string[]): LedgerFiles & { held: string[] } {
  const read = (place: string) => readFileSync(join(place, 'lines.txt'), 'utf8').split('\n').filter(Boolean)
  const ledger = {
    held,
    copyTo: async (place: string) => {
      if (ledger.held.length) writeFileSync(join(place, 'lines.txt'), ledger.held.join('\n'))
      return ledger.held.length > 0
    },
    check: async () => undefined,
    addFrom: async (place: string) => {
      const added = read(place).filter((line) => !ledger.held.includes(line))
      ledger.held.push(...added)
      return added.length
    },
    replaceBy: async (place: string) => {
      const added = read(place)
      ledger.held = added
      return { added: added.length, before: 'kept' }
    },
  }
  return ledger
}

const always =
  <T>(value: T) =>
  () =>
    value

describe('a backup', () => {
  test('holds the file as it is and the ledger, under a name by time, and leaves nothing behind', async () => {
    const { url, asked } = await davServer()
    const { backups, left, clock } = await machine(configText(url), { ledger: always(lines('a', 'b')) })
    const made = await backups.make()
    expect(made).toMatchObject({ file: 'laptop-2026-11-21T12-00-00.000.tar.gz', owner: 'laptop', at: NOON, sealed: false, removed: [] })
    expect(made.files.map(({ path }) => path)).toEqual(['config/config.jsonc', 'ledger/lines.txt'])
    expect(await backups.list()).toEqual({
      remote: [{ file: made.file, owner: 'laptop', at: NOON, sealed: false, size: made.size }],
      local: [],
    })
    expect(await backups.last()).toEqual({ made: NOON, tried: NOON })
    expect(left()).toEqual(['config.jsonc', 'state', 'state/last.json'])
    expect(clock.waiting).toBe(0)
    // Its name appears with the whole of it.
    expect(asked.filter((line) => /^(PUT|MOVE)/.test(line))).toEqual([`PUT /cc/${made.file}.part`, `MOVE /cc/${made.file}.part`])
  })

  test('beyond those to keep removes the oldest of its own', async () => {
    const { url } = await davServer()
    const { backups, clock } = await machine(configText(url))
    const other = await machine(configText(url).replace('laptop', 'desktop'))
    await other.backups.make()
    const removed: string[][] = []
    for (let turn = 0; turn < 4; turn++) {
      removed.push((await backups.make()).removed)
      await clock.advance(60_000)
    }
    expect(removed).toEqual([[], [], ['laptop-2026-11-21T12-00-00.000.tar.gz'], ['laptop-2026-11-21T12-01-00.000.tar.gz']])
    expect((await backups.list()).remote!.map(({ file }) => file)).toEqual([
      'laptop-2026-11-21T12-03-00.000.tar.gz',
      'laptop-2026-11-21T12-02-00.000.tar.gz',
      'desktop-2026-11-21T12-00-00.000.tar.gz',
    ])
  })

  test('is kept itself where a clock that was wrong has dated others after it', async () => {
    const { url } = await davServer()
    for (const wrong of [1e12, 2e12]) await (await machine(configText(url), { clock: virtualClock(NOON + wrong) })).backups.make()
    const now = await machine(configText(url))
    const made: string[] = []
    for (let turn = 0; turn < 3; turn++) {
      made.push((await now.backups.make()).file)
      await now.clock.advance(1000)
      expect((await now.backups.list()).remote!.map(({ file }) => file)).toContain(made.at(-1))
    }
    expect((await now.backups.list()).remote).toHaveLength(2)
  })

  test('without a ledger where there is none, or it is not wanted', async () => {
    const { url } = await davServer()
    const none = await machine(configText(url), { ledger: always(lines()) })
    expect((await none.backups.make()).files.map(({ path }) => path)).toEqual(['config/config.jsonc'])
    const unwanted = await machine(configText(url).replace('"keep"', '"ledger": false, "keep"').replace('laptop', 'x'), {
      ledger: always(lines('a')),
    })
    expect((await unwanted.backups.make()).files.map(({ path }) => path)).toEqual(['config/config.jsonc'])
  })

  test.each([
    ['the password is wrong', { text: (text: string) => text.replace(PASSWORD, 'wrong-password') }, /with 401/],
    ['there is no room left', { door: 507 }, /with 507.*no room left/],
    ['the server goes in the middle', { door: 0 }, /could not be reached \(PUT /],
  ] as [string, { text?: (text: string) => string; door?: number }, RegExp][])(
    'that fails because %s says so, leaves nothing half done, and is remembered',
    async (_, { text = (same: string) => same, door }, message) => {
      const { url, door: stand } = await davServer()
      const { backups, left } = await machine(text(configText(url)))
      if (door !== undefined)
        stand((request, response) => {
          if (request.method !== 'PUT') return false
          request.once('data', () => (door ? response.writeHead(door).end() : request.socket.destroy()))
          return true
        })
      await expect(backups.make()).rejects.toThrow(message)
      expect(left()).toEqual(['config.jsonc', 'state', 'state/last.json'])
      expect(await backups.last()).toEqual({ tried: NOON, failure: expect.stringMatching(message) })
      stand(undefined)
      if (door !== undefined) {
        expect((await backups.list()).remote).toEqual([])
        await backups.make()
        expect(await backups.last()).toEqual({ made: NOON, tried: NOON })
      }
    },
  )

  test('that the server stored only a part of is no backup', async () => {
    const { url, door } = await davServer()
    const { backups } = await machine(configText(url))
    door((request, response) => {
      if (request.method !== 'PUT') return false
      const headers = { authorization: request.headers.authorization! }
      request.resume().on('end', () => {
        door(undefined)
        void fetch(`${url}${request.url}`, { method: 'PUT', headers, body: 'half' }).then(() => response.writeHead(201).end())
      })
      return true
    })
    await expect(backups.make()).rejects.toThrow(/stored 4 bytes of the \d+ bytes/)
    expect((await backups.list()).remote).toEqual([])
  })

  test('is not made twice at once, and a process that died is in nobody’s way', async () => {
    const { url } = await davServer()
    const { backups, state, clock } = await machine(configText(url))
    const [first, second] = await Promise.allSettled([backups.make(), backups.make()])
    expect(first.status).toBe('fulfilled')
    expect(second).toMatchObject({
      status: 'rejected',
      reason: { failure: { kind: 'conflict', message: expect.stringContaining(`process ${process.pid}`) } },
    })
    writeFileSync(join(state, 'lock'), JSON.stringify({ pid: 2 ** 30, at: NOON }))
    mkdirSync(join(state, 'work/contents'), { recursive: true })
    await clock.advance(1)
    await backups.make()
    expect(readdirSync(state)).toEqual(['last.json'])
  })

  test('takes away what others that died left at the server, a day later', async () => {
    const { url } = await davServer()
    const { backups } = await machine(configText(url), { clock: systemClock })
    await backups.make()
    const authorization = `Basic ${btoa(`${USER}:${PASSWORD}`)}`
    await fetch(`${url}/cc/laptop-x.tar.gz.part`, { method: 'PUT', headers: { authorization }, body: 'x' })
    const left = async () => (await (await fetch(`${url}/cc/laptop-x.tar.gz.part`, { headers: { authorization } })).text()) === 'x'
    await backups.make()
    expect(await left()).toBe(true)
    const later = await machine(configText(url), { clock: virtualClock(Date.now() + 25 * 3_600_000) })
    await later.backups.make()
    expect(await left()).toBe(false)
  })

  test('of nothing is none', async () => {
    const { url } = await davServer()
    const snapshot = (await machine(configText(url))).path
    const { config } = await loadConfig(snapshot, { variables })
    const backups = createBackups({ config: () => config, folder: folder(), fetchFor: () => fetch })
    await expect(backups.make()).rejects.toThrow('There is nothing to back up')
  })

  test('takes a server', async () => {
    const { backups } = await machine('{ "endpoints": { "ollama": {} } }')
    await expect(backups.make()).rejects.toThrow('No server for backups is configured. Set "backup":')
    await expect(backups.test()).rejects.toThrow('No server for backups')
    expect(await backups.list()).toEqual({ local: [] })
  })
})

describe('restoring', () => {
  async function backedUp(more?: string, passphrase = ''): Promise<{ server: DavServer; text: string; file: string }> {
    const server = await davServer()
    const text = configText(server.url, more).replace('"keep"', passphrase ? `"passphrase": "${passphrase}", "keep"` : '"keep"')
    const { backups } = await machine(text, { ledger: always(lines('a', 'b', 'c')) })
    return { server, text, file: (await backups.make()).file }
  }
  const MORE = ' "pools": { "both": { "members": ["one", "two"] } }, "routes": { "default": "both" }, "server": { "port": 9 },'
  const TWO = '"two": { "protocol": "claude", "baseUrl": "https://two.example", "apiKey": "$KEY" }'
  const rich = (text: string) => text.replace('"$KEY" } }', `"$KEY" }, ${TWO} }`)

  test('“overwrite” makes the file what it was, comments and all, and keeps the one before', async () => {
    const { server, text, file } = await backedUp()
    const ledger = lines('c', 'd')
    const here = await machine(configText(server.url).replace('// mine', '// another'), { ledger: () => ledger })
    const before = here.text()
    expect(await here.backups.restore({ mode: 'overwrite' })).toEqual({
      name: file,
      config: { path: here.path, changed: true, added: [], before: join(here.path, '../backups/config-2026-11-21T12-00-00.000.jsonc') },
      ledger: { added: 3, before: 'kept' },
    })
    expect(here.text()).toBe(text)
    expect(ledger.held).toEqual(['a', 'b', 'c'])
    expect(readFileSync(join(here.path, '../backups/config-2026-11-21T12-00-00.000.jsonc'), 'utf8')).toBe(before)
    if (process.platform !== 'win32') expect(statSync(here.path).mode & 0o777).toBe(0o600)
    expect(here.left()).not.toContain('state/work')
    // What is so already is not written again.
    expect((await here.backups.restore({ name: file, mode: 'overwrite' })).config).toMatchObject({ changed: false })
  })

  test('“keep-local” adds what is missing, and leaves alone what is this machine’s', async () => {
    const server = await davServer()
    const there = await machine(rich(configText(server.url, MORE)), { ledger: always(lines('a', 'b', 'c')) })
    await there.backups.make()
    const ledger = lines('c', 'd')
    const here = await machine(
      `{\n  // here\n  "endpoints": {\n    "one": { "protocol": "claude", "baseUrl": "https://here.example", "apiKey": "$KEY" } // stays\n  },\n  "backup": ${/"backup": (.*)/.exec(configText(server.url))![1]}\n}\n`,
      { ledger: () => ledger },
    )
    const restored = await here.backups.restore()
    expect(restored).toMatchObject({ config: { changed: true, added: ['endpoints.two', 'pools.both', 'routes'] }, ledger: { added: 2 } })
    const { config } = await loadConfig(here.path, { variables })
    expect(Object.entries(config.endpoints).map(([name, { baseUrl }]) => [name, baseUrl])).toEqual([
      ['one', 'https://here.example'],
      ['two', 'https://two.example'],
    ])
    expect(config.routes?.default).toBe('both')
    expect(config.server.port).toBeUndefined()
    expect(here.text()).toContain('// here')
    expect(here.text()).toContain('// stays')
    expect(here.text()).toContain('"$KEY"')
    expect(ledger.held).toEqual(['c', 'd', 'a', 'b'])
    expect(await here.backups.restore()).toMatchObject({ config: { changed: false, added: [] }, ledger: { added: 0 } })
  })

  test('across formats adds, and does not overwrite', async () => {
    const { server } = await backedUp()
    const yaml = `# here\nendpoints:\n  ollama: {}\nbackup:\n  url: ${server.url}/cc\n  username: ${USER}\n  password: ${PASSWORD}\n`
    const here = await machine(yaml, {}, 'config.yaml')
    await expect(here.backups.restore({ mode: 'overwrite' })).rejects.toThrow(
      /has a configuration in JSON \(config\.jsonc\), which .*config\.yaml is not/,
    )
    expect(await here.backups.restore()).toMatchObject({ config: { added: ['endpoints.one'] } })
    expect(here.text()).toContain('# here')
  })

  test('what could not be used here changes nothing, unless it is wanted all the same', async () => {
    const { server, text } = await backedUp()
    const ledger = lines('d')
    const here = await machine(configText(server.url).replace('"$KEY"', '"plain"'), { load: { variables: {} }, ledger: () => ledger })
    const before = here.text()
    await expect(here.backups.restore({ mode: 'overwrite' })).rejects.toThrow(/KEY/)
    expect(here.text()).toBe(before)
    expect(ledger.held).toEqual(['d'])
    await here.backups.restore({ mode: 'overwrite', force: true })
    expect(here.text()).toBe(text)
  })

  test('a ledger that cannot be read changes nothing, the configuration neither', async () => {
    const { server } = await backedUp()
    const check = () => Promise.reject(new Error('a newer cc-route wrote it'))
    const here = await machine(configText(server.url).replace('// mine', '// another'), { ledger: always({ ...lines('d'), check }) })
    for (const mode of ['overwrite', 'keep-local'] as const)
      await expect(here.backups.restore({ mode })).rejects.toThrow('a newer cc-route')
    expect(here.text()).toContain('// another')
    expect(await here.backups.restore({ mode: 'overwrite', only: 'config' })).toMatchObject({ config: { changed: true } })
  })

  test('a part alone', async () => {
    const { server, text } = await backedUp()
    const ledger = lines()
    const here = await machine(configText(server.url).replace('// mine', '// another'), { ledger: () => ledger })
    const before = here.text()
    expect(await here.backups.restore({ mode: 'overwrite', only: 'ledger' })).toMatchObject({ ledger: { added: 3 } })
    expect(here.text()).toBe(before)
    ledger.held = []
    expect(await here.backups.restore({ mode: 'overwrite', only: 'config' })).toMatchObject({ config: { changed: true } })
    expect(here.text()).toBe(text)
    expect(ledger.held).toEqual([])
    const without = await machine(configText(server.url))
    await expect(without.backups.restore({ only: 'ledger' })).rejects.toThrow('keeps no ledger')
  })

  test.each(['my config.json', '.cc-route.json', 'größe.toml', `${'long'.repeat(30)}.yaml`, 'plain', '.toml'])(
    'a file called %j comes back',
    async (file) => {
      const { url } = await davServer()
      const text = file.endsWith('toml')
        ? `[endpoints.ollama]\n[backup]\nurl = "${url}/cc"\nusername = "${USER}"\npassword = "${PASSWORD}"\n`
        : configText(url).replace('// mine', '')
      const here = await machine(text, {}, file)
      await here.backups.make()
      await here.write(text.replace('/cc', '/./cc'))
      expect(await here.backups.restore({ mode: 'overwrite' })).toMatchObject({ config: { changed: true } })
      expect(here.text()).toBe(text)
    },
  )

  test('an encrypted one takes its passphrase', async () => {
    const { server, text, file } = await backedUp('', 'correct horse')
    expect(file).toMatch(/\.tar\.gz\.enc$/)
    const without = await machine(configText(server.url))
    const before = without.text()
    await expect(without.backups.restore({ mode: 'overwrite' })).rejects.toThrow('The backup is encrypted. Set "backup.passphrase"')
    const wrong = await machine(configText(server.url).replace('"keep"', '"passphrase": "battery staple", "keep"'))
    await expect(wrong.backups.restore({ mode: 'overwrite' })).rejects.toThrow('The passphrase is not the one')
    expect(without.text()).toBe(before)
    const right = await machine(configText(server.url).replace('"keep"', '"passphrase": "correct horse", "keep"'))
    await right.backups.restore({ mode: 'overwrite' })
    expect(right.text()).toBe(text)
  })

  test.each([
    ['damaged', (bytes: Buffer) => bytes.fill(0, bytes.length - 30), /damaged/],
    ['cut', (bytes: Buffer) => bytes.subarray(0, bytes.length - 100), /damaged/],
  ])('one that is %s changes nothing', async (_, change, message) => {
    const { server, file } = await backedUp()
    const headers = { authorization: `Basic ${btoa(`${USER}:${PASSWORD}`)}` }
    const bytes = Buffer.from(await (await fetch(`${server.url}/cc/${file}`, { headers })).arrayBuffer())
    await fetch(`${server.url}/cc/${file}`, { method: 'PUT', headers, body: new Uint8Array(change(bytes)) })
    const ledger = lines('d')
    const here = await machine(configText(server.url).replace('// mine', '// another'), { ledger: () => ledger })
    const before = here.text()
    for (const mode of ['overwrite', 'keep-local'] as const) await expect(here.backups.restore({ mode })).rejects.toThrow(message)
    expect(here.text()).toBe(before)
    expect(ledger.held).toEqual(['d'])
    expect(here.left()).toEqual(['config.jsonc', 'state'])
  })

  test('one whose bytes stop coming changes nothing', async () => {
    const { server, file } = await backedUp()
    server.door((request, response) => {
      if (request.method !== 'GET') return false
      response.writeHead(200, { 'content-length': '400' })
      response.write('half of it', () => request.socket.destroy())
      return true
    })
    const here = await machine(configText(server.url).replace('// mine', '// another'))
    await expect(here.backups.restore({ mode: 'overwrite', name: file })).rejects.toThrow(/could not be reached \(GET /)
    expect(here.text()).toContain('// another')
    expect(here.left()).toEqual(['config.jsonc', 'state'])
  })

  test('one that is not there', async () => {
    const { server, file } = await backedUp()
    const here = await machine(configText(server.url))
    await expect(here.backups.restore({ name: file.replace('laptop', 'laptap') })).rejects.toThrow(`Did you mean "${file}"?`)
    await expect(here.backups.restore({ name: '../../etc/passwd' })).rejects.toThrow('There is no backup "../../etc/passwd"')
    const empty = await machine(configText((await davServer()).url))
    await expect(empty.backups.restore()).rejects.toThrow('There is no backup at the server yet')
  })

  test('a version of the file that a change has left behind', async () => {
    const { server } = await backedUp()
    const here = await machine(configText(server.url))
    const first = here.text()
    await here.backups.restore({ mode: 'overwrite' })
    const other = await machine(rich(configText(server.url)))
    await other.clock.advance(1000)
    await other.backups.make()
    await here.backups.restore({ mode: 'overwrite' })
    const { local } = await here.backups.list()
    expect(local).toEqual([{ file: 'config-2026-11-21T12-00-00.000.jsonc', at: NOON }])
    await here.clock.advance(5000)
    expect(await here.backups.restore({ name: local[0]!.file, mode: 'overwrite' })).toMatchObject({
      name: local[0]!.file,
      config: { changed: true },
    })
    expect(here.text()).toBe(first)
    expect((await here.backups.list()).local).toHaveLength(2)
    await expect(here.backups.restore({ name: local[0]!.file, only: 'ledger' })).rejects.toThrow('there is no ledger in it')
  })
})

describe('trying the server', () => {
  test('writes, renames, reads and removes', async () => {
    const { url, asked } = await davServer()
    const { backups } = await machine(configText(url))
    expect(await backups.test()).toEqual({ url: `${url}/cc`, ms: 0 })
    expect(asked.map((line) => line.split(' ')[0])).toEqual(expect.arrayContaining(['MKCOL', 'PUT', 'MOVE', 'PROPFIND', 'GET', 'DELETE']))
    expect((await backups.list()).remote).toEqual([])
  })

  test('finds what cannot be written to', async () => {
    const { url, door } = await davServer()
    const { backups } = await machine(configText(url))
    door((request, response) => request.method === 'MOVE' && (response.writeHead(405).end(), true))
    await expect(backups.test()).rejects.toThrow(/MOVE .* with 405/)
  })
})
