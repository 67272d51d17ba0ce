/** `validate`. @module */
import { findConfig } from '../config/find.ts'
import { loadConfig } from '../config/load.ts'
import { ConfigError, pathText, problemText, type Problem } from '../config/problem.ts'
import { CommandError, EXIT, type Call } from './command.ts'
import { print, printJson } from './terminal.ts'

export async function run(call: Call): Promise<number> {
  const path = call.args[0] ?? findConfig(call.flags.config, { variables: process.env })
  if (path === undefined) throw new CommandError('There is no configuration to check. Write one: cc-route init')
  const isJson = call.flags.json !== undefined
  try {
    const { config, warnings } = await loadConfig(path)
    // What no rule of a field can tell shows when everything is built.
    const [{ compose }, { createFetchFor }] = await Promise.all([import('../compose.ts'), import('./fetch-for.ts')])
    compose(config, { fetchFor: createFetchFor(process.env) })
    if (isJson) printJson({ file: path, ok: true, problems: [], warnings: warnings.map(plain) })
    else print([...warnings.map((warning) => `warning: ${problemText(warning, path)}`), `${path} is fine: ${counted(config)}.`].join('\n'))
    return EXIT.ok
  } catch (error) {
    if (!isJson) throw error
    const problems = error instanceof ConfigError ? error.problems.map(plain) : [{ path: '', message: (error as Error).message }]
    printJson({ file: path, ok: false, problems, warnings: [] })
    return EXIT.failed
  }
}

const plain = ({ path, place, ...rest }: Problem) => ({ path: pathText(path), ...place, ...rest })

function counted({ endpoints, pools = {} }: { endpoints: object; pools?: object }): string {
  const some = (count: number, word: string) => (count ? [`${count} ${word}${count === 1 ? '' : 's'}`] : [])
  return [...some(Object.keys(endpoints).length, 'endpoint'), ...some(Object.keys(pools).length, 'pool')].join(', ')
}
