/**
 * The many spellings of a model's name.
 *
 * @module
 */

/** Places that are no part of the name: `models/` of Gemini, `publishers/google/models/` of Vertex, `accounts/x/models/` of Fireworks. */
const PLACE = /^(?:.*\/)?(?:models|deployments)\//

/** What a client adds to say how it wants to be served, none of which changes the price: `[1m]`, `:nitro`. */
const MANNER = /(?:\[[^\]]*\]|:(?:nitro|floor|exacto|online|thinking|extended|beta|latest))$/

/** `-20250929`, `@20250929`, `-2025-09-29`, `-latest`, `@default`, `-v1:0`: which edition of the same model. */
const EDITION = /(?:-v\d+(?::\d+)?|[-@](?:20\d{6}|20\d\d-\d\d-\d\d|latest|default))$/

/** `us.anthropic.claude-…`: how Bedrock names models. */
const BEDROCK =
  /^(?:[a-z]{2}(?:-gov)?\.|apac\.|global\.|regional\.)?(?:anthropic|amazon|meta|mistral|deepseek|openai|cohere|ai21|qwen|moonshot|minimax|writer|zai|nvidia)\.(?=[a-z])/i

/** `anthropic/`, `~openai/`: who made it. */
const MAKER = /^~?[\w.-]+\//

/** The same model's names from the one that was given to the plainest, each once. */
export function namesOf(model: string): readonly string[] {
  const names = [model.trim()]
  const add = (name: string) => void (name && !names.includes(name) && names.push(name))
  add(names[0]!.replace(PLACE, ''))
  for (const form of [MANNER, EDITION, EDITION, MAKER, BEDROCK]) add(names.at(-1)!.replace(form, ''))
  return names
}

/** Who made a model, and its own name for it, where the name tells both: `anthropic/claude-…`. */
export function makerOf(model: string): { maker: string; model: string } | undefined {
  const [, maker, name] = /^~?([\w.-]+)\/([^/]+)$/.exec(model.trim().replace(PLACE, '')) ?? []
  return maker !== undefined && name !== undefined ? { maker, model: name } : undefined
}

export const isBedrock = (model: string): boolean => BEDROCK.test(model)
