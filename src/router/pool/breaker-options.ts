/**
 * How breakers are set up.
 *
 * @module
 */
import type { BreakerRule } from './breaker-rules.ts'

export type BreakerOptions = BreakerRule & {
  /** Milliseconds that an opened breaker stays open. Default 30 000. */
  recoveryMs?: number
  /** What the recovery time is multiplied by each time a probe fails. Default 2; 1: it does not grow. */
  factor?: number
  /** The longest recovery time in milliseconds. Default 300 000, or `recoveryMs` where that is longer. */
  maxRecoveryMs?: number
  /** How many probes in a row must succeed to close it. Default 1. */
  probes?: number
  /** A probe that tells nothing for so many milliseconds no longer keeps others away. Default 120 000. */
  probeMs?: number
}

/** Options by name. */
export const BREAKER_PRESETS = {
  default: { kind: 'window', size: 10, rate: 0.5, minimum: 5, recoveryMs: 30_000 },
  /** As cc-bridge: half of the last ten results, a quarter of an hour. */
  'cc-bridge': { kind: 'window', size: 10, rate: 0.5, minimum: 5, recoveryMs: 15 * 60_000, factor: 1 },
  /** As ccproxy: five in a row, or half of more than ten; half a minute, and three good requests. */
  ccproxy: { kind: 'window', size: 20, rate: 0.5, minimum: 11, failures: 5, recoveryMs: 30_000, factor: 1, probes: 3 },
  consecutive: { kind: 'consecutive', failures: 5, recoveryMs: 30_000 },
} as const satisfies Record<string, BreakerOptions>

export type BreakerPreset = keyof typeof BREAKER_PRESETS

/** The options with their defaults. @throws TypeError for options that could never open or close a breaker */
export function breakerOptions(given: BreakerOptions | BreakerPreset) {
  const rule: BreakerOptions = typeof given === 'string' ? BREAKER_PRESETS[given] : given
  check(rule)
  const { recoveryMs = 30_000, factor = 2, probes = 1, probeMs = 120_000 } = rule
  const { maxRecoveryMs = Math.max(300_000, recoveryMs) } = rule
  return { rule, recoveryMs, factor, maxRecoveryMs, probes, probeMs }
}

function check(rule: BreakerOptions): void {
  const { kind, failures, recoveryMs, factor, probes } = rule
  const sized =
    kind === 'consecutive'
      ? {}
      : { rate: rule.rate, minimum: rule.minimum, ...(kind === 'window' ? { size: rule.size } : { windowMs: rule.windowMs }) }
  for (const [name, value] of Object.entries({ ...sized, failures, recoveryMs, probes }))
    if (value !== undefined && !(value > 0)) throw new TypeError(`breaker: ${name} is ${value}; it must be above 0.`)
  if (kind !== 'consecutive' && (rule.rate ?? 0) > 1)
    throw new TypeError(`breaker: rate is ${rule.rate}; it is a share of results, from above 0 to 1.`)
  if ((factor ?? 1) < 1) throw new TypeError(`breaker: factor is ${factor}; the recovery time must not shrink (1: it stays).`)
}
