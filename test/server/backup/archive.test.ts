import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { packArchive, unpackArchive } from '../../../src/server/backup/archive.ts'
import { tarEnd, tarHeader, tarPadding } from '../../../src/server/backup/tar.ts'
import { folder } from '../config/folder.ts'

const BYTES = Buffer.from(Array.from({ length: 200_000 }, (_, index) => (index * index) % 251))
const AT = Date.UTC(2026, 10, 21)

async function packed(passphrase?: string) {
  const place = folder()
  for (const part of ['config', 'ledger']) mkdirSync(join(place, 'in', part), { recursive: true })
  writeFileSync(join(place, 'in/config/config.jsonc'), '// mine\n{}\n')
  writeFileSync(join(place, 'in/ledger/a.db'), BYTES)
  writeFileSync(join(place, 'in/ledger/empty'), '')
  const archive = join(place, `a.tar.gz${passphrase === undefined ? '' : '.enc'}`)
  const manifest = await packArchive(join(place, 'in'), archive, {
    name: 'laptop',
    at: AT,
    ...(passphrase !== undefined && { passphrase }),
  })
  return { place, archive, manifest, out: join(place, 'out') }
}
/** A file that is gone over by somebody. */
const written = (bytes: Buffer, name = 'b.tar.gz') => {
  const path = join(folder(), name)
  writeFileSync(path, bytes)
  return path
}
const tar = (...files: [name: string, text: string][]) =>
  written(
    gzipSync(
      Buffer.concat([
        ...files.flatMap(([name, text]) => [
          tarHeader({ name, size: Buffer.byteLength(text) }, AT),
          Buffer.from(text),
          tarPadding(Buffer.byteLength(text)),
        ]),
        tarEnd(),
      ]),
    ),
  )
const list = (...files: object[]) => JSON.stringify({ format: 1, version: '1', name: 'a', at: 'b', files })
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

describe.each([undefined, 'correct horse'])('with passphrase %j', (passphrase) => {
  test('everything comes back as it was, for the user alone', async () => {
    const { archive, out, manifest } = await packed(passphrase)
    expect(await unpackArchive(archive, out, passphrase)).toEqual(manifest)
    expect(manifest.files.map(({ path, bytes }) => [path, bytes])).toEqual([
      ['config/config.jsonc', 11],
      ['ledger/a.db', BYTES.length],
      ['ledger/empty', 0],
    ])
    expect(readFileSync(join(out, 'ledger/a.db')).equals(BYTES)).toBe(true)
    expect(readFileSync(join(out, 'config/config.jsonc'), 'utf8')).toBe('// mine\n{}\n')
    if (process.platform !== 'win32')
      for (const file of [archive, join(out, 'ledger/a.db')]) expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  test('a changed byte anywhere, or a cut anywhere, is found', async () => {
    const { archive } = await packed(passphrase)
    const bytes = readFileSync(archive)
    const name = passphrase === undefined ? 'b.tar.gz' : 'b.tar.gz.enc'
    const damaged = /damaged|passphrase is not the one/
    for (const at of [40, bytes.length >> 1, bytes.length - 5]) {
      const changed = Buffer.from(bytes)
      changed[at]! ^= 1
      await expect(unpackArchive(written(changed, name), join(folder(), 'o'), passphrase)).rejects.toThrow(damaged)
    }
    for (const length of [0, 5, bytes.length >> 1, bytes.length - 1])
      await expect(unpackArchive(written(bytes.subarray(0, length), name), join(folder(), 'o'), passphrase)).rejects.toThrow(damaged)
  })
})

test('what could not be read again is not made', async () => {
  const from = folder()
  mkdirSync(join(from, 'config'))
  writeFileSync(join(from, 'config/größe.json'), '')
  await expect(packArchive(from, join(folder(), 'b.tar.gz'), { name: 'laptop', at: AT })).rejects.toThrow('config/größe.json has a name')
})

describe('a passphrase', () => {
  test('leaves nothing to be read', async () => {
    const { archive, out } = await packed('correct horse')
    expect(readFileSync(archive).includes('config.jsonc')).toBe(false)
    expect(() => gunzipSync(readFileSync(archive))).toThrow()
    await expect(unpackArchive(archive, out, undefined)).rejects.toThrow('Set "backup.passphrase"')
  })

  test('that is another one is told, and nothing is unpacked', async () => {
    const { archive, out, place } = await packed('correct horse')
    await expect(unpackArchive(archive, out, 'battery staple')).rejects.toThrow(
      'The passphrase is not the one that the backup was made with.',
    )
    expect(readdirSync(place)).not.toContain('out')
  })

  test('is never asked a price that a stranger wrote', async () => {
    const { archive } = await packed('correct horse')
    const bytes = readFileSync(archive)
    bytes[8] = 30
    await expect(unpackArchive(written(bytes, 'b.tar.gz.enc'), join(folder(), 'o'), 'correct horse')).rejects.toThrow('damaged')
  })
})

describe('what is not ours', () => {
  test.each([
    ['nothing first', [['config/a', '']], 'does not begin with a list'],
    ['a way out', [['manifest.json', list({ path: 'config/../../x', bytes: 0, sha256: EMPTY })]], 'its list of contents is damaged'],
    ['a hidden file', [['manifest.json', list({ path: 'config/.x', bytes: 0, sha256: EMPTY })]], 'its list of contents is damaged'],
    ['another folder', [['manifest.json', list({ path: 'etc/x', bytes: 0, sha256: EMPTY })]], 'its list of contents is damaged'],
    ['no list at all', [['manifest.json', 'hello']], 'its list of contents is damaged'],
    [
      'a file that is not in the list',
      [
        ['manifest.json', list()],
        ['config/a', ''],
      ],
      'config/a is not as its list of contents says',
    ],
    [
      'a file of another size',
      [
        ['manifest.json', list({ path: 'config/a', bytes: 1, sha256: EMPTY })],
        ['config/a', ''],
      ],
      'config/a is not as',
    ],
    [
      'other bytes',
      [
        ['manifest.json', list({ path: 'config/a', bytes: 1, sha256: EMPTY })],
        ['config/a', 'b'],
      ],
      'config/a is not what it was',
    ],
    ['a file less', [['manifest.json', list({ path: 'config/a', bytes: 0, sha256: EMPTY })]], 'config/a is missing in it'],
    [
      'a file twice',
      [
        ['manifest.json', list({ path: 'config/a', bytes: 0, sha256: EMPTY })],
        ['config/a', ''],
        ['config/a', ''],
      ],
      'config/a is not as',
    ],
    ['the list of a later version', [['manifest.json', '{"format":2}']], 'a later version of cc-route made it'],
  ] as [string, [string, string][], string][])('%s', async (_, files, message) => {
    await expect(unpackArchive(tar(...files), join(folder(), 'o'), undefined)).rejects.toThrow(message)
  })

  test('a link', async () => {
    const header = tarHeader({ name: 'manifest.json', size: 0 }, AT)
    header.write('2', 156)
    header.fill(' ', 148, 156)
    header.write(
      `${header
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0`,
      148,
    )
    await expect(unpackArchive(written(gzipSync(Buffer.concat([header, tarEnd()]))), folder(), undefined)).rejects.toThrow(
      'something else than files',
    )
  })
})

test('tar itself reads it', async () => {
  const { archive, place } = await packed()
  expect(execFileSync('tar', ['tzf', archive], { encoding: 'utf8' }).trim().split('\n')).toEqual([
    'manifest.json',
    'config/config.jsonc',
    'ledger/a.db',
    'ledger/empty',
  ])
  execFileSync('tar', ['xzf', archive, '-C', place])
  expect(readFileSync(join(place, 'ledger/a.db')).equals(BYTES)).toBe(true)
})

test('a size that octal digits have no room for is written so that it is read again', () => {
  const header = tarHeader({ name: 'a', size: 8 ** 11 + 5 }, AT)
  expect(header[124]).toBe(0x80)
  expect(header.readUIntBE(130, 6)).toBe(8 ** 11 + 5)
})
