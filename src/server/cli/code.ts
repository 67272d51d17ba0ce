/** `code`. @module */
import type { Call } from './command.ts'
import { runProgram } from './run-program.ts'

export const run = (call: Call): Promise<number> => runProgram(call, 'claude', call.args)
