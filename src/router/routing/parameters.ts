/**
 * What a route changes about a request, in words that hold for every protocol.
 *
 * @module
 */
import type { ChatRequest, Effort, ReasoningAsk } from '../../core/chat.ts'
import type { Adjust } from '../../transformers/translate.ts'

type Settable =
  | 'temperature'
  | 'topP'
  | 'topK'
  | 'seed'
  | 'frequencyPenalty'
  | 'presencePenalty'
  | 'maxTokens'
  | 'stop'
  | 'verbosity'
  | 'serviceTier'
  | 'parallelToolCalls'

/** Parameters of a request; `null` takes one away. */
export type Parameters = { [K in Settable]?: NonNullable<ChatRequest[K]> | null } & {
  /** An effort, a budget in tokens, or both; `none`: off. */
  reasoning?: Effort | { effort?: Effort; budget?: number } | null
}

/** Bounds of `maxTokens`. A number is the upper one. A request that names no limit gets the upper one. */
export type Clamp = number | { atLeast?: number; atMost?: number }

export interface Changes {
  /** In place of what the client said. */
  set?: Parameters
  /** Where the client said nothing. */
  defaults?: Parameters
  maxTokens?: Clamp
}

const SETTABLE: ReadonlySet<string> = new Set<Settable | 'reasoning'>([
  ...(['temperature', 'topP', 'topK', 'seed', 'frequencyPenalty', 'presencePenalty', 'maxTokens', 'stop', 'verbosity'] as const),
  ...(['serviceTier', 'parallelToolCalls', 'reasoning'] as const),
])

/** @throws TypeError for a parameter that is not known or cannot be what it is */
export function checkChanges({ set, defaults, maxTokens }: Changes, place: string): void {
  for (const [name, value] of Object.entries({ ...set, ...defaults })) {
    if (!SETTABLE.has(name)) throw new TypeError(`${place}: there is no parameter "${name}". Known: ${[...SETTABLE].join(', ')}.`)
    const [low, high] = RANGES[name] ?? []
    if (low !== undefined && typeof value === 'number' && !(value >= low && value <= high!))
      throw new TypeError(`${place}: ${name} is ${value}; it goes from ${low} to ${high}.`)
  }
  const { atLeast = 1, atMost = Infinity } = boundsOf(maxTokens)
  if (!(atLeast >= 1 && atMost >= atLeast)) throw new TypeError(`${place}: maxTokens cannot be at least ${atLeast} and at most ${atMost}.`)
}

const RANGES: Partial<Record<string, readonly [number, number]>> = {
  temperature: [0, 2],
  topP: [0, 1],
  maxTokens: [1, Infinity],
}

const boundsOf = (clamp: Clamp | undefined) => (typeof clamp === 'number' ? { atMost: clamp } : (clamp ?? {}))

/** The change as a function; gives its argument back where nothing changes. `undefined` where there is nothing to change in any request. */
export function adjustBy({ set, defaults, maxTokens }: Changes): Adjust | undefined {
  if (!set && !defaults && maxTokens === undefined) return undefined
  return (chat) => {
    const missing = Object.entries(defaults ?? {}).filter(([name]) => chat[name as keyof ChatRequest] === undefined)
    return clamped(overlaid(chat, { ...Object.fromEntries(missing), ...set }), maxTokens)
  }
}

function overlaid(chat: ChatRequest, parameters: Parameters): ChatRequest {
  let changed = chat
  for (const [name, value] of Object.entries(parameters)) {
    const key = name as keyof ChatRequest
    const next: unknown = name === 'reasoning' ? reasoningFrom(value as Parameters['reasoning'], chat.reasoning) : (value ?? undefined)
    if (JSON.stringify(next) === JSON.stringify(changed[key])) continue
    const { [key]: _, ...rest } = changed
    changed = (next === undefined ? rest : { ...rest, [key]: next }) as ChatRequest
  }
  return changed
}

/** What the client wants to see of it stays; how its wire said the rest does not. */
function reasoningFrom(wanted: Parameters['reasoning'], asked: ReasoningAsk | undefined): ReasoningAsk | undefined {
  if (wanted === undefined || wanted === null) return undefined
  const { effort, budget } = typeof wanted === 'string' ? { effort: wanted } : { budget: undefined, ...wanted }
  if (effort === 'none' || budget === 0) return { mode: 'off' }
  return {
    ...(asked?.at !== undefined && { at: asked.at }),
    ...(asked?.show && { show: asked.show }),
    mode: budget === undefined ? 'adaptive' : 'on',
    ...(effort !== undefined && { effort }),
    ...(budget !== undefined && { budget }),
  }
}

function clamped(chat: ChatRequest, clamp: Clamp | undefined): ChatRequest {
  if (clamp === undefined) return chat
  const { atLeast = 1, atMost = Infinity } = boundsOf(clamp)
  const maxTokens = Math.min(Math.max(chat.maxTokens ?? atMost, atLeast), atMost)
  return maxTokens === chat.maxTokens || maxTokens === Infinity ? chat : { ...chat, maxTokens }
}
