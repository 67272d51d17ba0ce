/**
 * Small requests that a program makes by itself, besides the conversation: titles, summaries, choosing a model.
 *
 * @module
 */
import type { ChatRequest } from '../../core/chat.ts'
import { arrayOf, isObject, type JsonObject } from '../../core/json.ts'
import { globOf } from './glob.ts'

/** Models that programs ask for what is not the conversation: every Haiku there was and will be, however a gateway calls it. */
export const BACKGROUND_MODELS: readonly string[] = ['*claude*haiku*', 'haiku']

export interface Asker {
  model: string | undefined
  program: string | undefined
  /** The client's body as it came. */
  body: JsonObject
  chat(): ChatRequest
}

/** Makes the test. `models`: patterns of models that are always background. */
export function backgroundBy(models: readonly string[] = BACKGROUND_MODELS): (asker: Asker) => boolean {
  const globs = models.map(globOf)
  return (asker) => {
    const { model, program } = asker
    if (model !== undefined && globs.some((glob) => glob.test(model))) return true
    return program !== undefined && (OWN[program]?.(asker) ?? false)
  }
}

/** Requests of programs' own that their model does not tell. */
const OWN: Record<string, (asker: Asker) => boolean> = {
  // with another address than Anthropic's, Claude Code asks its main model for titles: no tools, no thinking, a schema with nothing but a title
  'claude-code': ({ body, chat }) => {
    if (arrayOf(body.tools).length) return false
    const { reasoning, format } = chat()
    return !reasoning && format?.type === 'schema' && propertiesOf(format.schema) === 'title'
  },
  // before each prompt Gemini CLI asks a small model which model to take
  'gemini-cli': ({ model }) => model !== undefined && /flash-lite/i.test(model),
}

const propertiesOf = ({ properties }: Record<string, unknown>): string => (isObject(properties) ? Object.keys(properties).join() : '')
