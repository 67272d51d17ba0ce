/**
 * What OpenTelemetry's conventions for generative AI call things.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/gen-ai/
 *
 * @module
 */
import type { ProtocolName } from '../../core/chat.ts'
import { isObject, type JsonObject } from '../../core/json.ts'
import type { TokenUsage } from '../ledger/record.ts'
import { totalInputOf } from '../prices/cost-of.ts'

export type Attributes = Record<string, string | number | boolean | string[]>

export const operationOf = (protocol: ProtocolName): string => (protocol === 'gemini' ? 'generate_content' : 'chat')

/** Providers by their addresses or names. Others are called by the name of their endpoint. */
const PROVIDERS: readonly (readonly [RegExp, string])[] = [
  [/azure/i, 'azure.ai.openai'],
  [/bedrock/i, 'aws.bedrock'],
  [/aiplatform|vertex/i, 'gcp.vertex_ai'],
  [/generativelanguage|gemini/i, 'gcp.gemini'],
  [/anthropic|claude/i, 'anthropic'],
  [/api\.openai\.com|^openai$/i, 'openai'],
  [/deepseek/i, 'deepseek'],
  [/groq/i, 'groq'],
  [/mistral/i, 'mistral_ai'],
  [/api\.x\.ai|^xai$/i, 'x_ai'],
  [/perplexity/i, 'perplexity'],
  [/cohere/i, 'cohere'],
  [/moonshot/i, 'moonshot_ai'],
]

export const providerName = (address: string): string | undefined => PROVIDERS.find(([pattern]) => pattern.test(address))?.[1]

/** Fields of requests, in all protocols; those of Gemini stand in `generationConfig`. */
const SAMPLING: readonly (readonly [attribute: string, ...fields: string[]])[] = [
  ['gen_ai.request.max_tokens', 'max_tokens', 'max_completion_tokens', 'max_output_tokens', 'maxOutputTokens'],
  ['gen_ai.request.temperature', 'temperature'],
  ['gen_ai.request.top_p', 'top_p', 'topP'],
  ['gen_ai.request.top_k', 'top_k', 'topK'],
  ['gen_ai.request.seed', 'seed'],
  ['gen_ai.request.frequency_penalty', 'frequency_penalty', 'frequencyPenalty'],
  ['gen_ai.request.presence_penalty', 'presence_penalty', 'presencePenalty'],
  ['gen_ai.request.choice.count', 'n', 'candidateCount'],
]

/** How the request wants its answer; nothing that anybody said. */
export function requestAttributes(body: JsonObject): Attributes {
  const said = isObject(body['generationConfig']) ? body['generationConfig'] : body
  return Object.fromEntries(
    SAMPLING.flatMap(([attribute, ...fields]) => {
      const value = fields.map((field) => said[field]).find((item) => typeof item === 'number')
      // One answer is what everybody asks for.
      return value === undefined || (attribute.endsWith('count') && value === 1) ? [] : [[attribute, value]]
    }),
  )
}

/** Input counts cached tokens, too: so the conventions want it. */
export const usageAttributes = (usage: TokenUsage): Attributes => ({
  'gen_ai.usage.input_tokens': totalInputOf(usage),
  ...(usage.output !== undefined && { 'gen_ai.usage.output_tokens': usage.output }),
  ...(usage.cacheRead !== undefined && { 'gen_ai.usage.cache_read.input_tokens': usage.cacheRead }),
  ...(usage.cacheWrite !== undefined && { 'gen_ai.usage.cache_creation.input_tokens': usage.cacheWrite }),
  ...(usage.reasoning !== undefined && { 'gen_ai.usage.reasoning.output_tokens': usage.reasoning }),
})
