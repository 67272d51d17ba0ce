import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../', import.meta.url))

/** Every page whose code must run. */
export const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
]

export interface Block {
  page: string
  /** The line of the opening fence, from 1. */
  line: number
  language: string
  code: string
}

export const readPage = (page: string): string => readFileSync(join(root, page), 'utf8')

export function blocksOf(page: string): Block[] {
  const blocks: Block[] = []
  let open: { line: number; language: string; indent: string; code: string[] } | undefined
  readPage(page)
    .split('\n')
    .forEach((text, index) => {
      const fence = text.match(/^(\s*)```(.*)$/)
      if (!fence) open?.code.push(open.indent && text.startsWith(open.indent) ? text.slice(open.indent.length) : text)
      else if (!open) open = { line: index + 1, language: fence[2]!.trim(), indent: fence[1]!, code: [] }
      else {
        blocks.push({ page, line: open.line, language: open.language, code: `${open.code.join('\n')}\n` })
        open = undefined
      }
    })
  return blocks
}

export const allBlocks = pages.flatMap(blocksOf)
