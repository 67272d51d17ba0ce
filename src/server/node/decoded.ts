/**
 * Answers that came compressed although that was not asked for: some servers do so.
 *
 * @module
 */
import type { IncomingMessage } from 'node:http'
import type { Readable, Transform } from 'node:stream'
import zlib from 'node:zlib'
import { lookUp } from '../../core/json.ts'

const { createGunzip, createInflate, createBrotliDecompress } = zlib
/** Node has it since 22.15. */
const { createZstdDecompress } = zlib as { createZstdDecompress?: () => Transform }

const DECODERS: Readonly<Record<string, (() => Transform) | undefined>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
}

/** The body as it was meant. @throws Error where it cannot be unpacked */
export function decoded(message: IncomingMessage): Readable {
  const named = message.headers['content-encoding']
  if (!named || message.headers['content-length'] === '0') return message
  const decoders = named
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding && coding !== 'identity')
    .map(decoderOf)
  return decoders.reduceRight<Readable>((packed, decoder) => through(packed, decoder(), message), message)
}

const decoderOf = (coding: string): (() => Transform) => {
  const decoder = lookUp(DECODERS, coding)
  if (!decoder) throw new Error(`the upstream answered with content-encoding ${coding}, which was not asked for and cannot be read here`)
  return decoder
}

function through(packed: Readable, plain: Transform, message: IncomingMessage): Readable {
  packed.once('error', (error) => plain.destroy(error))
  message.once('close', () => {
    if (!message.complete) plain.destroy(new Error('the connection was closed amid the body'))
  })
  plain.once('close', () => message.destroy())
  return packed.pipe(plain)
}
