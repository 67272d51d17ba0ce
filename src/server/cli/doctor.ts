/**
 * `doctor`: tries what the endpoints can do.
 *
 * @module
 */
import type { Fetch } from '../../router/fetch.ts'
import { compose } from '../compose.ts'
import { didYouMean } from '../config/suggest.ts'
import { plainText } from '../log/text.ts'
import { numberFlag } from './arguments.ts'
import { CommandError, EXIT, misuse, type Call } from './command.ts'
import { readConfigInUse } from './config-in-use.ts'
import { createAsker, Refusal } from './doctor-ask.ts'
import { CHECKS, type Finding } from './doctor-checks.ts'
import { createFetchFor } from './fetch-for.ts'
import { columns, painter, print, printJson } from './terminal.ts'

interface Checked extends Finding {
  name: string
  ms: number
}

interface Report {
  endpoint: string
  protocol: string
  url: string
  /** All that it takes to be of use was there. */
  ok: boolean
  checks: Checked[]
}

const NAMES = ['key', ...CHECKS.map(({ name }) => name)]

export async function run(call: Call): Promise<number> {
  const only = call.flags.only?.split(',').map((name) => name.trim())
  const strange = only?.find((name) => !NAMES.includes(name))
  if (strange !== undefined)
    throw misuse(`There is no check "${strange}".${didYouMean(strange, NAMES)} There are: ${NAMES.join(', ')}.`, 'doctor')
  const timeoutMs = (numberFlag(call, 'timeout', 1, 3600) ?? 60) * 1000
  const { config, isEmpty } = await readConfigInUse(call)
  if (isEmpty) throw new CommandError('There is neither a configuration nor a key. Write one: cc-route init')
  const { endpoints } = compose(config, { fetchFor: createFetchFor(process.env) })
  const names = call.args.length ? call.args : [...endpoints.keys()]
  const unknown = names.find((name) => !endpoints.has(name))
  if (unknown !== undefined)
    throw new CommandError(`There is no endpoint "${unknown}" that is switched on. There are: ${[...endpoints.keys()].join(', ')}.`)

  const isJson = call.flags.json !== undefined
  const reports = await Promise.all(
    names.map(async (name): Promise<Report> => {
      const { protocol, baseUrl, model, models = {} } = config.endpoints[name]!
      const asked = call.flags.model ?? model ?? Object.keys(models)[0]
      const checks = await checkAll(endpoints.get(name)!, { model: asked, only, timeoutMs })
      const report = { endpoint: name, protocol, url: new URL(baseUrl).origin, ok: isUsable(checks), checks }
      if (!isJson) print(reportLines(report).join('\n'))
      return report
    }),
  )
  if (isJson) printJson({ ok: reports.every(({ ok }) => ok), endpoints: reports })
  return reports.every(({ ok }) => ok) ? EXIT.ok : EXIT.failed
}

const needed = new Set(['key', ...CHECKS.filter((check) => check.needed).map(({ name }) => name)])
const isUsable = (checks: readonly Checked[]): boolean => checks.every(({ name, result }) => !needed.has(name) || result !== 'no')

/** One check after the other: providers limit how many are asked at a time. Where the key is refused nothing else is tried. */
async function checkAll(
  endpoint: Fetch,
  { model, only, timeoutMs }: { model: string | undefined; only: readonly string[] | undefined; timeoutMs: number },
): Promise<Checked[]> {
  if (model === undefined)
    return [{ name: 'protocol', result: 'no', detail: 'it names no model: give one with --model, or "model" in the configuration', ms: 0 }]
  const ask = createAsker(endpoint, { model, timeoutMs })
  const found: Checked[] = []
  for (const { name, run } of CHECKS) {
    const isFirst = found.length === 0
    if (only && !only.includes(name) && !(isFirst && only.includes('key'))) continue
    const begun = performance.now()
    let kind: string | undefined
    const finding = await run(ask).catch((error: unknown): Finding => {
      if (!(error instanceof Refusal)) throw error
      kind = error.kind
      return { result: 'no', detail: plainText(error.message) }
    })
    const ms = Math.round(performance.now() - begun)
    const isRefused = kind === 'authentication' || kind === 'permission'
    if (isRefused) return [...found, { name: 'key', ...finding, ms }]
    // Whatever else is wrong: a provider that answers has taken the key.
    if (isFirst && (!only || only.includes('key'))) found.push({ name: 'key', result: finding.result === 'no' ? 'unsure' : 'yes', ms })
    // Where nothing answers, that is what there is to tell, whatever was asked for.
    if (!only || only.includes(name) || (isFirst && finding.result === 'no')) found.push({ name, ...finding, ms })
    if (finding.result === 'no' && needed.has(name)) return found
  }
  return found
}

const SIGNS = { yes: ['✓', 'green'], no: ['✗', 'red'], unsure: ['?', 'yellow'] } as const

function reportLines({ endpoint, protocol, url, checks }: Report): string[] {
  const paint = painter()
  const rows = columns(checks.map(({ name, ms, detail = '' }) => [name, `${ms} ms`.padStart(9), detail]))
  return [
    `${paint(endpoint, 'bold')}  ${protocol}  ${url}`,
    ...checks.map(({ result }, index) => `  ${paint(SIGNS[result][0], SIGNS[result][1])} ${rows[index]}`),
    '',
  ]
}
