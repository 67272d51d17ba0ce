/** `run`. @module */
import { misuse, type Call } from './command.ts'
import { runProgram } from './run-program.ts'

export async function run(call: Call): Promise<number> {
  const [program, ...args] = call.args
  if (program === undefined) throw misuse('run takes a program: cc-route run -- codex', 'run')
  return runProgram(call, program, args)
}
