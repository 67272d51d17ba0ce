/**
 * What a request of this protocol carries that no answer hangs on.
 *
 * @see https://platform.claude.com/docs/en/api/messages
 * @module
 */
import type { Incidental } from '../../core/protocol.ts'

export const INCIDENTAL: Incidental = {
  fields: [
    // what Claude's own server does with a long history, and with this message's effort
    '/context_management',
    '/messages/*/output_config',
    '/diagnostics',
    '/tags',
    // others are sent each tool whole and from the beginning
    '/tools/*/defer_loading',
    '/tools/*/eager_input_streaming',
    // the result's call says it as well
    '/messages/*/content/*/toolset_name',
  ],
  defaults: { temperature: 1, topP: 1 },
}
