/**
 * What a route changes about a request, in words that hold for every protocol.
 *
 * @module
 */
import type { ChatRequest, Effort, ReasoningAsk } from '../../core/chat.ts'
import { isObject } from '../../core/json.ts'
import type { Adjust } from '../../transformers/translate.ts'
import { isSaidApart, unsaid } from './unsaid.ts'

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
    const missing = Object.entries(defaults ?? {}).filter(([name]) => {
      const key = name as keyof Parameters
      return chat[key] === undefined && !isSaidApart(chat, key)
    })
    return clamped(overlaid(chat, { ...Object.fromEntries(missing), ...set }), maxTokens)
  }
}

/** The parameters over what the client said. Gives its argument back where they are just that. */
function overlaid(chat: ChatRequest, parameters: Parameters): ChatRequest {
  const changes: [keyof Parameters, unknown][] = Object.entries(parameters).flatMap(([name, value]) => {
    const key = name as keyof Parameters
    if (value === undefined) return []
    const wanted: unknown = key === 'reasoning' ? askFor(parameters.reasoning!, chat.reasoning) : (value ?? undefined)
    return isSame(wanted, chat[key]) && !isSaidApart(chat, key) ? [] : [[key, wanted]]
  })
  if (!changes.length) return chat
  const changed = unsaid(
    chat,
    changes.map(([key]) => key),
  )
  for (const [key, value] of changes) {
    if (value === undefined) delete changed[key]
    else Object.assign(changed, { [key]: value })
  }
  return changed
}

/** A wish without a place in the client's request: its own protocol, too, writes it as the model takes it. What the client wants to see of it stays. */
function askFor(wanted: NonNullable<Parameters['reasoning']> | null, asked: ReasoningAsk | undefined): ReasoningAsk | undefined {
  if (wanted === null) return undefined
  const { effort, budget } = typeof wanted === 'string' ? { effort: wanted, budget: undefined } : wanted
  if (effort === 'none' || budget === 0) return { mode: 'off' }
  return {
    ...(asked?.show && { show: asked.show }),
    mode: budget === undefined ? 'adaptive' : 'on',
    ...(effort !== undefined && { effort }),
    ...(budget !== undefined && { budget }),
  }
}

/** What is kept beside a value, of where and how it was said, does not count. */
function isSame(wanted: unknown, said: ChatRequest[keyof Parameters]): boolean {
  if (!isObject(said) || !isObject(wanted)) return JSON.stringify(wanted) === JSON.stringify(said)
  return (['mode', 'effort', 'budget', 'show'] as const).every((key) => wanted[key] === (said as ReasoningAsk)[key])
}

function clamped(chat: ChatRequest, clamp: Clamp | undefined): ChatRequest {
  if (clamp === undefined) return chat
  const { atLeast = 1, atMost = Infinity } = boundsOf(clamp)
  const maxTokens = Math.min(Math.max(chat.maxTokens ?? atMost, atLeast), atMost)
  return maxTokens === Infinity ? chat : overlaid(chat, { maxTokens })
}
