/**
 * Writes src/accounts/prices/list/providers.ts: what the data package lists, as text of which a provider's part is parsed when it is asked for.
 * The package itself would take each process 65 ms and 19 MB, half of it for arithmetic that is not used here; this takes 8 ms and 2 MB.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { runInNewContext } from 'node:vm'
import { parseAst } from 'rollup/parseAst'

/** @typedef {import('@pydantic/genai-prices').Provider} Provider */

const PACKAGED = 'node_modules/@pydantic/genai-prices'
const WRITTEN = 'src/accounts/prices/list/providers.ts'

/** The list is what the package's program begins with; it is not exported. @param {string} code @returns {Provider[]} */
function listIn(code) {
  const lists = parseAst(code).body.flatMap((statement) => {
    if (statement.type !== 'VariableDeclaration') return []
    return statement.declarations.flatMap(({ init }) => (init?.type === 'ArrayExpression' ? textOf(init, code) : []))
  })
  const [list, ...others] = lists.filter(({ length }) => length > 100_000)
  if (list === undefined || others.length) throw new Error(`The list is not found in ${PACKAGED}: see where this version keeps it.`)
  return runInNewContext(list)
}

/** Rollup says where a node stands; the types do not say that it does. @param {object} node @param {string} code */
function textOf(node, code) {
  const { start, end } = /** @type {{ start: number, end: number }} */ (node)
  return code.slice(start, end)
}

/** @param {Provider} provider */
function entry({ id, api_pattern, provider_match, model_match, fallback_model_providers, models }) {
  const lines = models.map(({ id, match, prices }) => JSON.stringify({ id, match, prices }))
  const text = `[\n${lines.join(',\n')}\n]`.replaceAll(/[\\`]|\$\{/g, '\\$&')
  return `${JSON.stringify({ id, api_pattern, provider_match, model_match, fallback_model_providers }).slice(0, -1)},"models":\`${text}\`}`
}

/** For all that reads the source: the build, the tests and the checks, all of them run in the project's folder. */
export function writePriceList() {
  const terms = readFileSync(`${PACKAGED}/LICENSE`, 'utf8').trim().replaceAll(/^/gm, ' * ').replaceAll(/ +$/gm, '')
  const providers = listIn(readFileSync(`${PACKAGED}/dist/index.js`, 'utf8'))
  const text = `/*!
 * The list of prices is that of @pydantic/genai-prices:
 *
${terms}
 */
// Written by scripts/price-list.js.
import type { ListedProvider } from './listed.ts'

export const PROVIDERS: readonly ListedProvider[] = [
${providers.map(entry).join(',\n')},
]
`
  if (!existsSync(WRITTEN) || readFileSync(WRITTEN, 'utf8') !== text) writeFileSync(WRITTEN, text)
}
