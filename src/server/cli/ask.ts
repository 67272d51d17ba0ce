/**
 * Questions to people on a terminal.
 *
 * @module
 */
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'

export interface Questions {
  ask(question: string, usual: string): Promise<string>
  /** What is typed is not shown. */
  askSecret(question: string): Promise<string>
  close(): void
}

export function openQuestions(input: NodeJS.ReadStream, output: NodeJS.WriteStream): Questions {
  let hidden = false
  // What is typed is written back by readline itself.
  const shown = new Writable({
    write(chunk: Uint8Array, _, done) {
      if (!hidden) output.write(chunk)
      done()
    },
  })
  const lines = createInterface({ input, output: shown, terminal: true })
  const asked = async (question: string) => (await lines.question(question)).trim()
  return {
    ask: async (question, usual) => (await asked(`${question}${usual && ` [${usual}]`}: `)) || usual,
    async askSecret(question) {
      output.write(`${question}: `)
      hidden = true
      const secret = await asked('')
      hidden = false
      output.write('\n')
      return secret
    },
    close: () => lines.close(),
  }
}
