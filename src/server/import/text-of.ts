/**
 * The text of a configuration that was imported, with comments: what each part is, the old file's own remarks, and what was not carried over.
 *
 * @module
 */
import { editText } from '../config/edit.ts'
import { valueAt } from '../config/issues.ts'
import type { ConfigInput } from '../config/schema.ts'
import { readSource, type Format } from '../config/source.ts'
import type { Comment, Imported } from './imported.ts'

const PARTS: readonly Comment[] = [
  { path: ['server'], text: 'How cc-route listens, and whom it answers.' },
  { path: ['log'], text: 'What is written about requests.' },
  { path: ['endpoints'], text: 'The providers.' },
  { path: ['pools'], text: 'Endpoints that stand in for each other: when one fails, the next answers.' },
  { path: ['routes'], text: 'Which request goes where.' },
]

/** Writes it in a format. */
export async function textOf(format: Format, from: Imported & { title: string; path: string }): Promise<string> {
  const { config, notes, comments, title, path } = from
  const head = [
    `Made by "cc-route import" from the configuration of ${title} in ${path}. There may be keys in it: keep it to yourself.`,
    ...(notes.length ? ['', 'What could not be carried over, or is otherwise now:'] : []),
    ...notes.map(({ path: at, reason }) => `- ${at}: ${reason}`),
  ]
  const mark = format === 'json' ? '//' : '#'
  const line = (text: string) => `${mark} ${plain(text)}`.trimEnd()
  const there = [...PARTS, ...comments].filter((comment) => valueAt(config, comment.path) !== undefined)
  const body = await commented(await bodyOf(config, format), format, there, line)
  return `${head.map(line).join('\n')}\n\n${body.trimEnd()}\n`
}

/** On one line, and nothing that a terminal would obey. */
const plain = (text: string) => text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')

async function bodyOf(config: ConfigInput, format: Format): Promise<string> {
  // A blank line before each part.
  if (format === 'yaml')
    return (await import('yaml')).stringify(config, { lineWidth: 0, aliasDuplicateObjects: false }).replaceAll(/\n(?=\w)/g, '\n\n')
  if (format === 'toml') return editText('', 'toml', [{ op: 'set', path: [], value: config }])
  return JSON.stringify(config, null, 2)
}

/** Puts comments on lines of their own, above what they are about. */
async function commented(body: string, format: Format, comments: readonly Comment[], line: (text: string) => string): Promise<string> {
  const { locate } = await readSource(body, format)
  const lines = body.split('\n')
  const above = new Map<number, string[]>()
  for (const { path, text } of comments) {
    const place = await locate(path)
    if (place) above.set(place.line - 1, [...(above.get(place.line - 1) ?? []), text])
  }
  return lines.flatMap((own, index) => [...(above.get(index) ?? []).map((text) => /^\s*/.exec(own)![0] + line(text)), own]).join('\n')
}
