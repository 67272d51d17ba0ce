/**
 * Encrypts files with a passphrase: AES-256-GCM, the key made by scrypt. What was changed, cut or made with another passphrase does not open.
 *
 * A file is a header, what is encrypted, and a tag of 16 bytes over all. The header: `ccroute1`, log2(N), r, p (a byte each), a salt of 16 bytes,
 * a nonce of 12, and 16 bytes of the derived key by which a wrong passphrase is told from a broken file.
 *
 * @module
 * @see https://www.rfc-editor.org/rfc/rfc7914
 */
import { createCipheriv, createDecipheriv, randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { fail } from '../../core/failure.ts'

const MAGIC = Buffer.from('ccroute1')
const HEADER = MAGIC.length + 3 + 16 + 12 + 16
const TAG = 16

interface Cost {
  log2N: number
  r: number
  p: number
}

/** 32 MiB for about a tenth of a second. @see https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html */
const COST: Cost = { log2N: 15, r: 8, p: 3 }
/** A file of a stranger must not take up the machine. */
const MAX_MEMORY = 256 * 1024 * 1024

/** Writes `to`, which only the user may read. */
export async function seal(from: string, to: string, passphrase: string): Promise<void> {
  const salt = randomBytes(16)
  const nonce = randomBytes(12)
  const { key, check } = await derive(passphrase, salt, COST)
  const header = Buffer.concat([MAGIC, Buffer.from([COST.log2N, COST.r, COST.p]), salt, nonce, check])
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(header)
  await pipeline(
    createReadStream(from),
    async function* (chunks: AsyncIterable<Buffer>) {
      yield header
      for await (const chunk of chunks) yield cipher.update(chunk)
      yield cipher.final()
      yield cipher.getAuthTag()
    },
    createWriteStream(to, { flags: 'wx', mode: 0o600 }),
  )
}

/** Writes `to`. Nothing in it is of any worth unless this resolves. @throws FailureError for a wrong passphrase and a broken file */
export async function unseal(from: string, to: string, passphrase: string): Promise<void> {
  const { header, tag, size } = await endsOf(from)
  const [log2N, r, p] = header.subarray(MAGIC.length) as unknown as [number, number, number]
  const rest = header.subarray(MAGIC.length + 3)
  const { key, check } = await derive(passphrase, rest.subarray(0, 16), { log2N, r, p })
  if (!timingSafeEqual(check, rest.subarray(28)))
    fail({ kind: 'authentication', status: 422, message: 'The passphrase is not the one that the backup was made with.' })
  const decipher = createDecipheriv('aes-256-gcm', key, rest.subarray(16, 28)).setAAD(header).setAuthTag(tag)
  try {
    await pipeline(
      createReadStream(from, { start: HEADER, end: size - TAG - 1 }),
      decipher,
      createWriteStream(to, { flags: 'wx', mode: 0o600 }),
    )
  } catch (error) {
    // A full disk is no damage; what OpenSSL says is.
    if (/^E(?!RR_)/.test((error as NodeJS.ErrnoException).code ?? '')) throw error
    broken()
  }
}

async function endsOf(path: string): Promise<{ header: Buffer; tag: Buffer; size: number }> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    if (size <= HEADER + TAG) broken()
    const header = Buffer.alloc(HEADER)
    const tag = Buffer.alloc(TAG)
    await file.read(header, 0, HEADER, 0)
    await file.read(tag, 0, TAG, size - TAG)
    if (!header.subarray(0, MAGIC.length).equals(MAGIC)) broken()
    return { header, tag, size }
  } finally {
    await file.close()
  }
}

const broken = (): never =>
  fail({
    kind: 'bad-response',
    message: 'The encrypted backup is damaged: it was cut or changed since it was made. Nothing was restored; take another one.',
  })

function derive(passphrase: string, salt: Buffer, { log2N, r, p }: Cost): Promise<{ key: Buffer; check: Buffer }> {
  const N = 2 ** log2N
  if (log2N < 1 || r < 1 || p < 1 || p > 16 || 128 * N * r > MAX_MEMORY) broken()
  return new Promise((resolve, reject) =>
    scrypt(passphrase.normalize('NFKC'), salt, 48, { N, r, p, maxmem: 2 * MAX_MEMORY }, (error, bytes) =>
      error ? reject(error) : resolve({ key: bytes.subarray(0, 32), check: bytes.subarray(32) }),
    ),
  )
}
