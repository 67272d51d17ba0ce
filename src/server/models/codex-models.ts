/**
 * The catalogue that Codex reads models from.
 *
 * @module
 */
import type { JsonObject } from '../../core/json.ts'
import { CODEX_INSTRUCTIONS } from './codex-instructions.ts'
import type { Model } from './models.ts'

/** Whether a request for the list is Codex's. It alone gives its version; its name stands where clients put theirs. */
export const asksForCatalogue = (request: Request, query: URLSearchParams): boolean =>
  query.has('client_version') || ['originator', 'user-agent'].some((name) => /^codex/i.test(request.headers.get(name) ?? ''))

const EFFORTS: Record<string, string> = {
  low: 'Answers fast, with little reasoning',
  medium: 'Balances speed and depth',
  high: 'Reasons deeply',
}

/**
 * A model as Codex describes its own. All fields that it demands are there: one that is missing costs the whole list. Tools are
 * plain functions, listed in the request: nothing else is known to every provider. No effort is asked for unless the user does.
 */
export const catalogueEntry = ({ id, title, contextWindow }: Model, index: number): JsonObject => ({
  slug: id,
  display_name: title ?? id,
  description: null,
  base_instructions: CODEX_INSTRUCTIONS,
  supported_reasoning_levels: Object.entries(EFFORTS).map(([effort, description]) => ({ effort, description })),
  supports_reasoning_summary_parameter: true,
  shell_type: 'shell_command',
  visibility: 'list',
  supported_in_api: true,
  priority: index,
  availability_nux: null,
  upgrade: null,
  support_verbosity: false,
  default_verbosity: null,
  apply_patch_tool_type: null,
  truncation_policy: { mode: 'tokens', limit: 10_000 },
  supports_parallel_tool_calls: true,
  experimental_supported_tools: [],
  input_modalities: ['text', 'image'],
  use_responses_lite: false,
  tool_mode: 'direct',
  ...(contextWindow !== undefined && { context_window: contextWindow }),
})
