/** `run`. @module */
import { misuse, type Call } from './command.ts'
import { runProgram } from './run-program.ts'

export async function run(call: Call): Promise<number> {
  const [program, ...args] = call.args
  if (program === undefined) throw misuse('run takes a program: cc-route run -- codex', 'run')
  if (program.startsWith('-')) throw misuse(`run takes a program, not "${program}". Its own flags come first, by their long names.`, 'run')
  return runProgram(call, program, args)
}
