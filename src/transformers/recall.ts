/**
 * What is kept of a question that has been sent. Of the rest, as much as ten times the client's bytes, nothing is needed to translate the answer.
 *
 * @module
 */
import type { ChatRequest, Tool } from '../core/chat.ts'
import { extended } from '../core/extended.ts'
import { mapped } from '../core/mapped.ts'
import type { Protocol } from '../core/protocol.ts'

/** What answers to a client of this protocol need of its question. */
export const recalled = ({ recall = recallSettings }: Pick<Protocol, 'recall'>, chat: ChatRequest): ChatRequest => recall(chat)

/** The settings, and the tools by name and kind. */
const recallSettings = (chat: ChatRequest): ChatRequest =>
  extended(chat, { system: [], messages: [], tools: mapped(chat.tools, nameAndKind) })

function nameAndKind(tool: Tool): Tool {
  if (tool.type === 'hosted') return tool
  const { type, name, spelling } = tool
  return { type, name, spelling }
}
