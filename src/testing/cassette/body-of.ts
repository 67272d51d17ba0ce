import { factsOf } from '../../router/facts.ts'

/** The bytes of a request's body, which can be read afterwards all the same; `undefined` where it has none. A body that a layer above has read is known from there. */
export async function bodyOf(request: Request): Promise<Uint8Array | undefined> {
  if (!request.body) return undefined
  return request.bodyUsed ? (await factsOf(request)).bytes : new Uint8Array(await request.clone().arrayBuffer())
}
