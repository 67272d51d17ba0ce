import { fail } from '../../core/failure.ts'

/** The text of an answer of bounded size. @throws FailureError for a longer one */
export async function textWithin(response: Response, maxBytes: number, what: string): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > maxBytes) fail({ kind: 'bad-response', message: `${what} is longer than ${maxBytes} bytes.` })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}
