/**
 * What differs between OpenAI-compatible providers: the rows are in the files beside it.
 *
 * @module
 */
import type { Dialect } from '../core/dialect.ts'
import { plainChat } from './dialects-plain.ts'
import { hosts } from './dialects-hosts.ts'
import { local } from './dialects-local.ts'
import { vendors } from './dialects-vendors.ts'

/** @see https://platform.openai.com/docs/api-reference/chat/create */
export const openaiChat: Dialect = { name: 'openai', chat: { user: { field: 'safety_identifier', max: 64 } } }

export const chatDialects: readonly Dialect[] = [openaiChat, plainChat, ...hosts, ...vendors, ...local]
