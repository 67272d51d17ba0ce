const encoder = new TextEncoder()

/** Node's own way, which takes a third of the time of TextEncoder for a piece of a stream; elsewhere there may be none. */
const { Buffer: nodes } = globalThis as { Buffer?: { from(text: string): Uint8Array<ArrayBuffer> } }

/** A text as UTF-8. */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  if (!nodes) return encoder.encode(text)
  const { buffer, byteOffset, byteLength } = nodes.from(text)
  return new Uint8Array(buffer, byteOffset, byteLength)
}
