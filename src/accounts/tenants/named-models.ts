/**
 * The models that a request names.
 *
 * @module
 */
import { isObject, stringOf } from '../../core/json.ts'
import type { RequestFacts } from '../../router/facts.ts'

/**
 * Those that a provider may use besides the one that is asked for: Claude's and OpenRouter's fallbacks, models of tools that the provider runs. They reach
 * a provider of the client's own protocol as they stand.
 */
export function otherModels({ body }: RequestFacts): string[] {
  const asked = [body['models'], body['fallbacks'], body['fallback_models'], body['tools'], body['plugins']]
  return asked
    .flatMap((list) => (Array.isArray(list) ? list : []))
    .flatMap((item: unknown) => {
      if (typeof item === 'string') return [item]
      if (!isObject(item)) return []
      const models: unknown[] = Array.isArray(item['models']) ? item['models'] : []
      return [item['model'], ...models].flatMap((model) => stringOf(model) ?? [])
    })
}
