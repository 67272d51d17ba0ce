import { encodeUtf8, SHORT } from '../../core/utf8.ts'

/** A text as UTF-8 for a socket. What is short may stand in the memory that Node shares out: nobody else gets to see it. */
export const bytesOf = (text: string): Uint8Array => (text.length > SHORT ? encodeUtf8(text) : Buffer.from(text))
