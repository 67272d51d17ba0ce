/**
 * Parameters of requests as wires spell them, as those of a route.
 *
 * @module
 */
import type { Parameters } from '../../router/routing/parameters.ts'
import { filled } from './imported.ts'
import { entryOf, type Fields } from './section.ts'

const NUMBERS: Readonly<Record<string, { field: keyof Parameters; least: number; most?: number; whole?: boolean }>> = {
  max_tokens: { field: 'maxTokens', least: 1, whole: true },
  temperature: { field: 'temperature', least: 0, most: 2 },
  top_p: { field: 'topP', least: 0, most: 1 },
  top_k: { field: 'topK', least: 0, whole: true },
  frequency_penalty: { field: 'frequencyPenalty', least: -2, most: 2 },
  presence_penalty: { field: 'presencePenalty', least: -2, most: 2 },
  seed: { field: 'seed', least: 0, whole: true },
}

/** What routes can set of these, and the names of the others. */
export function parametersOf(wire: Fields): { parameters: Parameters; lost: string[] } {
  const lost: string[] = []
  const fields = Object.entries(wire).flatMap(([name, value]) => {
    const stops = name === 'stop' || name === 'stop_sequences' ? [value].flat() : []
    if (stops.length && stops.every((stop) => typeof stop === 'string' && stop)) return [['stop', stops]]
    const { field, least, most = Infinity, whole } = entryOf(NUMBERS, name) ?? {}
    if (field && typeof value === 'number' && value >= least! && value <= most && (!whole || Number.isSafeInteger(value)))
      return [[field, value]]
    lost.push(name)
    return []
  })
  return { parameters: filled(Object.fromEntries(fields) as Parameters), lost }
}
