const encoder = new TextEncoder()

/** Node's own way, which takes half the time of TextEncoder for a piece of a stream; elsewhere there may be none. */
const { Buffer: nodes } = globalThis as { Buffer?: { from(text: string): Uint8Array } }

/** A text as UTF-8, in memory of its own: Node's is a part of what all share, which whoever gets a piece could give away or look through. */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  return nodes ? new Uint8Array(nodes.from(text)) : encoder.encode(text)
}
