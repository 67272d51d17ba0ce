/**
 * Compressed request bodies, within bounds: a few bytes must not become more than the memory holds.
 *
 * @module
 */
import type * as Zlib from 'node:zlib'
import { fail, isFailureError } from '../../core/failure.ts'
import { tooLarge } from '../../router/facts.ts'
import { limitBody } from './body-limit.ts'

/** Rejects where it is damaged, or becomes more than `most` bytes. */
type Unpack = (bytes: Uint8Array, most: number) => Promise<Uint8Array>

type NodeUnpack = (bytes: Uint8Array, options: { maxOutputLength: number }, done: (error: Error | null, plain: Uint8Array) => void) => void

/** Asked for rather than imported: there are runtimes without it. */
const zlib = globalThis.process?.getBuiltinModule?.('node:zlib') as (typeof Zlib & { zstdDecompress?: NodeUnpack }) | undefined

const byNode =
  (unpack: NodeUnpack): Unpack =>
  (bytes, most) =>
    new Promise((resolve, reject) => {
      unpack(bytes, { maxOutputLength: most }, (error, plain) => (error ? reject(error) : resolve(plain)))
    })

/** The Web's own, which knows fewer encodings. */
const byStream =
  (format: CompressionFormat): Unpack =>
  async (bytes, most) => {
    const body = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream(format))
    const limited = limitBody(new Request('http://localhost/', { method: 'POST', body, duplex: 'half' } as RequestInit), most)
    return new Uint8Array(await limited.arrayBuffer())
  }

const gunzip = zlib ? byNode(zlib.gunzip) : byStream('gzip')
const inflate = zlib ? byNode(zlib.inflate) : byStream('deflate')
const inflateRaw = zlib ? byNode(zlib.inflateRaw) : byStream('deflate-raw')

const UNPACK: Readonly<Record<string, Unpack>> = {
  gzip: gunzip,
  'x-gzip': gunzip,
  // By the standard with a header of its own; some programs send it without.
  deflate: (bytes, most) => (hasZlibHeader(bytes) ? inflate : inflateRaw)(bytes, most),
  ...(zlib && { br: byNode(zlib.brotliDecompress) }),
  // Node has Zstandard from 22.15 on.
  ...(zlib?.zstdDecompress && { zstd: byNode(zlib.zstdDecompress) }),
}

const hasZlibHeader = ([first = 0, second = 0]: Uint8Array): boolean => (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0

/** So much is taken however well it was compressed. */
const FREE_BYTES = 1024 * 1024

/** Whether a request's body has to be unpacked before it can be read. */
export function isCompressed({ headers }: Request): boolean {
  const encoding = headers.get('content-encoding')
  return encoding !== null && encoding !== '' && encoding !== 'identity'
}

/**
 * The same request with its body as it was before it was compressed.
 *
 * @throws FailureError 415 for an encoding that is not known here, 413 for a body that becomes larger than `maxBytes` or than `expansion` times its size, 400 for a damaged one
 */
export async function unpackBody(
  request: Request,
  { maxBytes, expansion = 100 }: { maxBytes: number; expansion?: number },
): Promise<Request> {
  const encoding = request.headers.get('content-encoding')!.trim().toLowerCase()
  const unpack = Object.hasOwn(UNPACK, encoding) ? UNPACK[encoding]! : undefined
  if (!unpack)
    return fail({
      kind: 'invalid-request',
      status: 415,
      message: `The body’s content-encoding is ${JSON.stringify(encoding)}. Send it uncompressed, or as one of ${Object.keys(UNPACK).join(', ')}.`,
    })
  const packed = new Uint8Array(await limitBody(request, maxBytes).arrayBuffer())
  const plain = await unpacked(packed, unpack, Math.min(maxBytes, Math.max(FREE_BYTES, packed.length * expansion)))
  const headers = new Headers(request.headers)
  headers.delete('content-encoding')
  headers.set('content-length', String(plain.length))
  const { url, method, signal } = request
  return new Request(url, { method, headers, signal, body: plain as Uint8Array<ArrayBuffer> })
}

async function unpacked(packed: Uint8Array, unpack: Unpack, most: number): Promise<Uint8Array> {
  try {
    return await unpack(packed, most)
  } catch (error) {
    if (isFailureError(error)) throw error
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return tooLarge(most)
    const reason = error instanceof Error ? error.message : String(error)
    return fail({ kind: 'invalid-request', message: `The compressed body is damaged: ${reason}.` }, error)
  }
}
