/**
 * One backup as one file: a tar file with a list of its contents first, compressed, and encrypted where there is a passphrase.
 *
 * @module
 */
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, readdir, rm, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { fail, isFailureError } from '../../core/failure.ts'
import { version } from '../version.ts'
import { MANIFEST, manifestText, readManifest, type Manifest, type ManifestFile } from './manifest.ts'
import { seal, unseal } from './seal.ts'
import { readTar, tarEnd, tarHeader, tarPadding, type TarSink } from './tar.ts'

export interface ArchiveOptions {
  /** Whose it is. */
  name: string
  /** Milliseconds since 1970. */
  at: number
  passphrase?: string
}

/** Makes a backup of the files in the folders of `from`, and writes it to `to`. */
export async function packArchive(from: string, to: string, { name, at, passphrase }: ArchiveOptions): Promise<Manifest> {
  const parts = (await readdir(from)).toSorted()
  const paths = (
    await Promise.all(parts.map(async (part) => (await readdir(join(from, part))).toSorted().map((file) => `${part}/${file}`)))
  ).flat()
  const files: ManifestFile[] = []
  for (const path of paths) files.push({ path, ...(await digestOf(join(from, path))) })
  const manifest: Manifest = { format: 1, version, name, at: new Date(at).toISOString(), files }
  const list = Buffer.from(manifestText(manifest))
  const plain = passphrase === undefined ? to : `${to}.plain`
  await pipeline(
    async function* () {
      yield tarHeader({ name: MANIFEST, size: list.length }, at)
      yield list
      yield tarPadding(list.length)
      for (const { path, bytes } of files) {
        yield tarHeader({ name: path, size: bytes }, at)
        yield* createReadStream(join(from, path)) as AsyncIterable<Buffer>
        yield tarPadding(bytes)
      }
      yield tarEnd()
    },
    createGzip(),
    createWriteStream(plain, { flags: 'wx', mode: PRIVATE }),
  )
  if (passphrase === undefined) return manifest
  await seal(plain, to, passphrase)
  await rm(plain)
  return manifest
}

const PRIVATE = 0o600
const MAX_MANIFEST = 4 * 1024 * 1024

/**
 * Unpacks a backup into a folder, and compares every byte with its list of contents.
 *
 * @throws FailureError for one that is damaged or cannot be opened: nothing in the folder is to be used then
 */
export async function unpackArchive(from: string, to: string, passphrase: string | undefined): Promise<Manifest> {
  const sealed = from.endsWith('.enc')
  if (sealed && passphrase === undefined)
    fail({
      kind: 'authentication',
      status: 422,
      message: 'The backup is encrypted. Set "backup.passphrase" (or CC_ROUTE_BACKUP_PASSPHRASE) to what it was made with.',
    })
  const plain = sealed ? `${from}.plain` : from
  if (sealed) await unseal(from, plain, passphrase!)
  try {
    return await unpack(plain, to)
  } catch (error) {
    if (isFailureError(error) || /^E(?!RR_)/.test((error as NodeJS.ErrnoException).code ?? '')) throw error
    const { code, message } = error as NodeJS.ErrnoException
    return fail({
      kind: 'bad-response',
      status: 422,
      message: `The backup is damaged: ${code?.startsWith('Z_') ? 'it was cut or changed since it was made' : message}. Nothing was restored; take another one.`,
    })
  } finally {
    if (sealed) await rm(plain, { force: true })
  }
}

async function unpack(from: string, to: string): Promise<Manifest> {
  let manifest: Manifest | undefined
  const missing = new Map<string, ManifestFile>()
  const readList = (size: number): TarSink => {
    if (size > MAX_MANIFEST) throw new Error('its list of contents is too long')
    const chunks: Buffer[] = []
    return {
      write: async (chunk) => void chunks.push(Buffer.from(chunk)),
      async end() {
        manifest = readManifest(Buffer.concat(chunks).toString())
        for (const file of manifest.files) missing.set(file.path, file)
      },
    }
  }
  const files = new Set<FileHandle>()
  const plain = createGunzip()
  // What goes wrong is told to whoever reads.
  const fed = pipeline(createReadStream(from), plain).catch(() => undefined)
  try {
    await readTar(plain, async ({ name, size }) => {
      if (!manifest) return name === MANIFEST ? readList(size) : refuse('it does not begin with a list of its contents')
      const expected = missing.get(name)
      if (expected?.bytes !== size) throw new Error(`${name} is not as its list of contents says`)
      missing.delete(name)
      await mkdir(dirname(join(to, name)), { recursive: true, mode: 0o700 })
      const file = await open(join(to, name), 'wx', PRIVATE)
      files.add(file)
      return checked(file, expected)
    })
  } finally {
    plain.destroy()
    await fed
    await Promise.all([...files].map((file) => file.close()))
  }
  if (!manifest || missing.size) throw new Error(`${[...missing.keys()].join(', ') || 'everything'} is missing in it`)
  return manifest
}

const refuse = (message: string): never => {
  throw new Error(message)
}

/** Writes a file, whose bytes have to be what they were. */
function checked(file: FileHandle, { sha256, path }: ManifestFile): TarSink {
  const hash = createHash('sha256')
  return {
    async write(chunk) {
      hash.update(chunk)
      await file.writeFile(chunk)
    },
    async end() {
      if (hash.digest('hex') !== sha256) throw new Error(`${path} is not what it was when the backup was made`)
    },
  }
}

async function digestOf(path: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(chunk)
    bytes += chunk.length
  }
  return { bytes, sha256: hash.digest('hex') }
}
