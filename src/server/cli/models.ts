/** `models`. @module */
import { modelsOf } from '../config/models-of.ts'
import { CommandError, EXIT, type Call } from './command.ts'
import { readConfigInUse } from './config-in-use.ts'
import { columns, print, printJson } from './terminal.ts'

export async function run(call: Call): Promise<number> {
  const { config, isEmpty } = await readConfigInUse(call)
  if (isEmpty) throw new CommandError('There is neither a configuration nor a key. Write one: cc-route init')
  const unknown = call.args.find((name) => !Object.hasOwn(config.endpoints, name))
  if (unknown !== undefined)
    throw new CommandError(`There is no endpoint "${unknown}". There are: ${Object.keys(config.endpoints).join(', ')}.`)
  const isJson = call.flags.json !== undefined
  const isAsked = (name: string | undefined) => !call.args.length || call.args.includes(name ?? '')
  if (call.flags.live !== undefined) {
    const { modelsOfProvider } = await import('./provider-models.ts')
    const asked = Object.entries(config.endpoints).filter(([name, { enabled }]) => enabled !== false && isAsked(name))
    const found = await Promise.all(
      asked.map(async ([name, endpoint]) => ({ endpoint: name, ...(await modelsOfProvider(endpoint, config.server.proxy)) })),
    )
    if (isJson) printJson({ endpoints: found })
    else
      for (const { endpoint, models, error } of found)
        print(error ? `${endpoint}: ${error}` : models!.map((id) => `${endpoint}/${id}`).join('\n'))
    return found.some(({ error }) => error !== undefined) ? EXIT.failed : EXIT.ok
  }
  const models = modelsOf(config).models.filter(({ owner }) => isAsked(owner))
  if (isJson) printJson({ models })
  else if (models.length)
    print(
      columns(models.map(({ id, owner = '', contextWindow }) => [id, owner, contextWindow ? `${contextWindow} tokens` : ''])).join('\n'),
    )
  else print('No endpoint names a model: each takes the one that the client asks for.')
  return EXIT.ok
}
