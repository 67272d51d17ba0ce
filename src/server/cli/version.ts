/** `version`. @module */
import { version } from '../version.ts'

export const run = async (): Promise<void> => void process.stdout.write(`${version}\n`)
