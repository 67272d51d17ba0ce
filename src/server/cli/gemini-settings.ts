/**
 * Gemini CLI takes the kind of its login from its settings alone; with an address of one's own only `gemini-api-key` works.
 *
 * @module
 */
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { isObject, tryParse } from '../../core/json.ts'

/** What to do where Gemini CLI would log in elsewhere; `undefined` where all is well. */
export function geminiAdvice(): string | undefined {
  const file = join(process.env.GEMINI_CLI_HOME ?? homedir(), '.gemini', 'settings.json')
  if (loginIn(file) === 'gemini-api-key') return undefined
  return `Gemini CLI has to be told once to use a key. Choose "Use Gemini API Key" where it asks, or write into ${file}: {"security":{"auth":{"selectedType":"gemini-api-key"}}}`
}

function loginIn(file: string): unknown {
  try {
    const { security } = (tryParse(readFileSync(file, 'utf8')) ?? {}) as { security?: unknown }
    return isObject(security) && isObject(security.auth) ? security.auth.selectedType : undefined
  } catch {
    return undefined
  }
}
