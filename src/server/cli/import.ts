/** `import`: makes a configuration of another program's. @module */
import { existsSync } from 'node:fs'
import { backUp, writePrivate } from '../config/write.ts'
import { importConfig, ImportError, type SeedName } from '../import/index.ts'
import { CommandError, type Call } from './command.ts'
import { print, printJson, say } from './terminal.ts'

export async function run({ args, flags }: Call): Promise<void> {
  const { out } = flags
  if (out !== undefined && existsSync(out) && flags.force === undefined)
    throw new CommandError(`${out} is there already. Write elsewhere, or replace it with --force.`)
  const { title, config, notes, missing, text } = await importConfig(args[0]!, { from: flags.from as SeedName | undefined, out }).catch(
    (error: unknown) => {
      throw error instanceof ImportError ? new CommandError(error.message) : error
    },
  )
  if (flags.json !== undefined) printJson({ from: title, config, notes, missing })
  else if (out === undefined) print(text)
  for (const { path, reason } of notes) say(`not as it was: ${path ? `${path}: ` : ''}${reason}`)
  if (missing.length) say(`these variables have to be set: ${missing.join(', ')}`)
  if (out === undefined) return
  if (existsSync(out)) say(`The file before is ${await backUp(out, Date.now())}.`)
  await writePrivate(out, text)
  say(`written: ${out}, from a configuration of ${title}. Try it: cc-route validate ${out}`)
}
