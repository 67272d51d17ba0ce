/**
 * How long a question is and its answer may be, for whoever counts before it is asked.
 *
 * @module
 */
import type { Failure } from '../core/failure.ts'
import type { ChatRequest } from '../core/chat.ts'
import { extended } from '../core/extended.ts'
import { isObject, type JsonObject } from '../core/json.ts'
import type { Presence } from '../core/presence.ts'
import { estimateInput } from '../core/tokens.ts'
import { chatOf, tokensOf, type RequestFacts } from './request-facts.ts'
import { lengthAsked } from './rename.ts'
import type { Charge, Measure, Meter, Planned } from './meter.ts'
import type { Trip } from './trip.ts'

/** Asks for an attempt. Rejects where the client has gone meanwhile. */
export async function admitted(
  meter: Meter,
  { facts, trip, mostOutput, waiting, ...planned }: Omit<Planned, 'measure'> & Measured & { waiting: Presence },
): Promise<Charge | Failure> {
  const charge = await meter.admit(extended(planned, { route: trip.route, measure: () => measured({ facts, trip, mostOutput }) }))
  if (!waiting.gone() || 'kind' in charge) return charge
  charge.settle({ billed: 'nothing' })
  throw waiting.reason()
}

interface Measured {
  facts: RequestFacts
  trip: Pick<Trip, 'adjust' | 'route'>
  /** The most tokens that the model can answer with, where that is known. */
  mostOutput?: number
}

const HOUR_LONG = '"1h"'

/** A token of what cannot be read has about as many bytes. */
const BYTES_PER_TOKEN = 3

/** Where a body bounds its answer. A client may set several, and which of them holds is for each provider to say. */
const BOUNDS = ['max_tokens', 'max_completion_tokens', 'max_output_tokens', 'maxOutputTokens'] as const
/** Where Gemini has it. */
const CONFIGS = ['generationConfig', 'generation_config'] as const

/** A count of one or more; anything else bounds nothing. */
const countOf = (value: unknown): number | undefined => (Number.isFinite(value) && (value as number) >= 1 ? (value as number) : undefined)

/** The most tokens that a body asks for, wherever it says so; `undefined`: it sets no bound. */
export function boundIn(body: JsonObject): number | undefined {
  const places = [body, ...CONFIGS.map((name) => body[name]).filter(isObject)]
  const bounds = places.flatMap((place) => BOUNDS.flatMap((name) => countOf(place[name]) ?? []))
  return bounds.length ? Math.max(...bounds) : undefined
}

/** The most tokens of one answer: what the body says counts unless a layer above has changed it. */
function mostOf({ maxTokens }: ChatRequest, plain: ChatRequest, body: JsonObject): number | undefined {
  const own = countOf(maxTokens)
  return maxTokens === plain.maxTokens ? Math.max(own ?? 0, boundIn(body) ?? 0) || undefined : own
}

/** Measures a request with what layers above have changed about it. */
function measured({ facts, trip: { adjust }, mostOutput = Infinity }: Measured): Measure {
  const cachesLong = facts.text.includes(HOUR_LONG)
  const bound = (output: number) => (output < Infinity ? { output } : {})
  try {
    const plain = chatOf(facts)
    const chat = adjust?.(plain) ?? plain
    const { candidates, serviceTier } = chat
    const most = mostOf(chat, plain, facts.body) ?? mostOutput
    return {
      input: chat === plain ? tokensOf(facts) : estimateInput(chat),
      ...bound(Math.min(most, mostOutput) * (countOf(candidates) ?? 1)),
      cachesLong,
      ...(serviceTier !== undefined && { serviceTier }),
    }
  } catch {
    // Only its own provider understands it: it passes as it is.
    return { input: Math.ceil(lengthAsked(facts) / BYTES_PER_TOKEN), ...bound(mostOutput), cachesLong }
  }
}
