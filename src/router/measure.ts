/**
 * How long a question is and its answer may be, for whoever counts before it is asked.
 *
 * @module
 */
import type { Failure } from '../core/failure.ts'
import { estimateInput } from '../core/tokens.ts'
import { chatOf, tokensOf, type RequestFacts } from './facts.ts'
import type { Charge, Measure, Meter, Planned } from './meter.ts'
import type { Trip } from './trip.ts'

/** Asks for an attempt. Rejects where the client has gone meanwhile. */
export async function admitted(
  meter: Meter,
  { facts, trip, mostOutput, signal, ...planned }: Omit<Planned, 'measure'> & Measured & { signal: AbortSignal },
): Promise<Charge | Failure> {
  const charge = await meter.admit({ ...planned, route: trip.route, measure: () => measured({ facts, trip, mostOutput }) })
  if (!signal.aborted || 'kind' in charge) return charge
  charge.settle({ billed: 'nothing' })
  throw signal.reason
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

/** Measures a request with what layers above have changed about it. */
function measured({ facts, trip: { adjust }, mostOutput = Infinity }: Measured): Measure {
  const cachesLong = facts.text.includes(HOUR_LONG)
  const bound = (output: number) => (output < Infinity ? { output } : {})
  try {
    const plain = chatOf(facts)
    const chat = adjust?.(plain) ?? plain
    const { maxTokens = mostOutput, candidates = 1, serviceTier } = chat
    return {
      input: chat === plain ? tokensOf(facts) : estimateInput(chat),
      ...bound(Math.min(maxTokens, mostOutput) * candidates),
      cachesLong,
      ...(serviceTier !== undefined && { serviceTier }),
    }
  } catch {
    // Only its own provider understands it: it passes as it is.
    return { input: Math.ceil(facts.bytes.length / BYTES_PER_TOKEN), ...bound(mostOutput), cachesLong }
  }
}
