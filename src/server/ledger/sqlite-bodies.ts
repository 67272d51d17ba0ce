/**
 * Captured bodies as they are kept: packed, as conversations repeat themselves a lot, and their words apart, to be found by.
 *
 * @module
 */
import { promisify } from 'node:util'
import { deflateRaw, inflateRawSync } from 'node:zlib'
import type { Bodies, ExchangeRecord } from '../../accounts/ledger/record.ts'
import { wordsOf } from '../../accounts/ledger/words.ts'
import type { Row } from '../sqlite/reader.ts'
import { withoutNul } from './sqlite-combos.ts'

export interface PackedBodies {
  request: string | Uint8Array | null
  response: string | Uint8Array | null
  cut: number | null
  words: string
}

const deflate = promisify(deflateRaw)

/** Below this packing saves less than it costs. Characters. */
const SMALL = 256

/** Packs the bodies of the records that have some, beside the main thread. */
export async function packBodies(records: readonly ExchangeRecord[]): Promise<Map<ExchangeRecord, PackedBodies>> {
  const packed = new Map<ExchangeRecord, PackedBodies>()
  for (const record of records) if (record.bodies) packed.set(record, await packedOf(record.bodies))
  return packed
}

async function packedOf({ request, response, cut }: Bodies): Promise<PackedBodies> {
  return {
    request: await pack(request),
    response: await pack(response),
    cut: cut === undefined ? null : Number(cut),
    words: [...wordsOf(`${request ?? ''}\n${response ?? ''}`)].join(' '),
  }
}

const pack = async (text: string | undefined): Promise<string | Uint8Array | null> =>
  text === undefined ? null : text.length < SMALL ? withoutNul(text) : await deflate(text)

export const bodiesOf = ({ request, response, cut }: Row): Bodies => ({
  ...(request !== null && { request: unpack(request) }),
  ...(response !== null && { response: unpack(response) }),
  ...(cut !== null && { cut: Boolean(cut) }),
})

const unpack = (kept: unknown): string => (typeof kept === 'string' ? kept : inflateRawSync(new Uint8Array(kept as ArrayBuffer)).toString())
