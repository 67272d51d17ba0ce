/** The page that people look fields up in, written from the ledger. */
import type { ProtocolName } from '../../src/core/chat.ts'
import { PROTOCOLS } from '../fixtures/index.ts'
import { errors, stops, usages, type Line } from './answers.ts'
import { MODEL, outcomeOf, type Outcome } from './outcome.ts'
import { ledger } from './rows/index.ts'

const TITLE: Record<ProtocolName, string> = {
  claude: 'Claude Messages',
  openai: 'Chat Completions',
  'openai-responses': 'Responses',
  gemini: 'Gemini',
}

/** The outcome of each line of each client protocol, by upstream. */
export type Outcomes = Record<string, Record<string, Record<string, string>>>

const others = (client: ProtocolName) => PROTOCOLS.filter((name) => name !== client)
const worded = ({ kind, reason, lost }: Outcome) => `${lost ? '✗ ' : ''}${kind}${reason === undefined ? '' : `: ${reason}`}`

export const outcomes = (): Outcomes =>
  Object.fromEntries(
    PROTOCOLS.map((from) => [
      from,
      Object.fromEntries(
        ledger[from].flatMap(({ title, rows }) =>
          rows.map((one) => [
            `${title} / ${one.name}`,
            Object.fromEntries(others(from).map((to) => [to, worded(outcomeOf(one, from, to))])),
          ]),
        ),
      ),
    ]),
  )

const escape = (text: string) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('*', '\\*').replaceAll('_', '\\_')
const code = (text: string) => `\`${text}\``
const table = (head: string[], rows: string[][]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

function requests(from: ProtocolName, all: Outcomes): string {
  const columns = others(from)
  const sections = ledger[from].map(({ title, rows }) => {
    const lines = rows.map(({ name }) => [name, ...columns.map((to) => all[from]![`${title} / ${name}`]![to]!)].map(escape))
    return `### ${title}\n\n${table(['', ...columns.map((to) => `to ${TITLE[to]}`)], lines)}`
  })
  return `## A client of ${TITLE[from]}\n\n${sections.join('\n\n')}`
}

const byUpstream = (lines: Line[], head: string): string =>
  table(
    ['the provider', head, ...PROTOCOLS.map((client) => `to ${TITLE[client]}`)],
    lines.map(({ upstream, says, clients }) => [
      TITLE[upstream],
      code(says),
      ...PROTOCOLS.map((client) =>
        clients[client] === undefined ? '' : clients[client] === 'an error' ? 'an error' : code(clients[client]),
      ),
    ]),
  )

export const page = (all: Outcomes): string => `# What happens to a field

What each field and block of a request becomes with each other protocol, and what clients see of answers. The tables are written by the
tests from what the code does: each line is a small request that is translated, and translated back.

- **exact**: it would come back as it was
- **kept**: the same is said in another form
- **approximated**, **dropped**: there is a [notice](notices.md) with the reason given
- **refused**: the request is answered with a 400
- ✗: an answer hangs on it, so that [\`strict\`](notices.md#losing-nothing) refuses the request

The models asked are ${PROTOCOLS.map((name) => code(MODEL[name]))
  .filter((name, i, names) => names.indexOf(name) === i)
  .join(', ')}, at their own vendors; other models and
[dialects](dialects.md) may take more or less. Fields that are not known at all are dropped with a notice. Where client and provider speak
the same protocol, nothing is changed.

${PROTOCOLS.map((from) => requests(from, all)).join('\n\n')}

## Answers

### Why they end

${byUpstream(stops(), 'says')}

### What they cost

The same counts, as each protocol has them. Claude counts cached input apart, the others count it in; Gemini counts thoughts apart.

${byUpstream(usages(), 'counts')}

### How they fail

Status, type and code that a client gets where the provider's own status says no more. The words are the provider's.

${table(
  ['failure', ...PROTOCOLS.map((client) => TITLE[client])],
  errors().map(({ kind, clients }) => [kind, ...PROTOCOLS.map((client) => code(clients[client]))]),
)}
`
