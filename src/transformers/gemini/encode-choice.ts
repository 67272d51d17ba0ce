/**
 * Which tools may be called, written.
 * @see https://ai.google.dev/api/caching#FunctionCallingConfig
 *
 * @module
 */
import type { ChatRequest, ToolChoice } from '../../core/chat.ts'
import type { JsonObject } from '../../core/json.ts'
import type { AskContext } from '../../core/protocol.ts'
import { isOffered, nameable } from '../../core/tool-choice.ts'
import { spellingOf } from './fields.ts'

/** What `toolConfig` says about functions; `undefined` for the default. `functions`: whether there are any, without which Gemini refuses it. */
export function encodeChoice(chat: ChatRequest, functions: boolean, context: AskContext): JsonObject | undefined {
  const { toolChoice: asked } = chat
  if (chat.parallelToolCalls === false) context.notes.dropped(chat, 'parallelToolCalls', 'Gemini cannot be held to one call at a time')
  const spelled = spellingOf(asked)
  if (spelled?.functionCallingConfig)
    return { functionCallingConfig: spelled.functionCallingConfig, ...(asked?.extra?.gemini?.toolConfig as JsonObject | undefined) }
  if (!functions) {
    if (asked && asked.type !== 'auto') context.notes.dropped(asked, undefined, 'there is no function to call')
    return undefined
  }
  const choice = asked && nameable(asked, (name) => isOffered(name, chat.tools), context.notes)
  const strict = chat.tools.some((tool) => tool.type === 'function' && tool.strict)
  const config = choice ? configOf(choice, strict, context) : strict ? { mode: 'VALIDATED' } : undefined
  const checked = config?.mode === 'VALIDATED'
  for (const tool of chat.tools)
    if (tool.type === 'function' && (tool.strict ?? false) !== checked)
      context.notes.approximated(
        tool,
        'strict',
        `Gemini checks the calls of all tools or of none; here of ${checked ? 'all' : 'none beyond its choice'}`,
      )
  return config && { functionCallingConfig: config }
}

function configOf(choice: ToolChoice, strict: boolean, { toolNames, notes }: AskContext): JsonObject {
  switch (choice.type) {
    case 'auto':
      return { mode: strict ? 'VALIDATED' : 'AUTO' }
    case 'required':
      return { mode: 'ANY' }
    case 'none':
      return { mode: 'NONE' }
    case 'tool':
      return { mode: 'ANY', allowedFunctionNames: [toolNames.fit(choice.name)] }
    case 'allowed':
      // names beside AUTO are refused; VALIDATED is the same with a check of the arguments
      if (choice.mode === 'auto') notes.approximated(choice, 'mode', 'Gemini also checks the arguments where it is given a choice of tools')
      return {
        mode: choice.mode === 'required' ? 'ANY' : 'VALIDATED',
        allowedFunctionNames: choice.names.map((name) => toolNames.fit(name)),
      }
  }
}
