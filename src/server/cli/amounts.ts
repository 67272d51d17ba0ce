/**
 * Numbers for people: rounded, so that a column can be read at a glance. Programs get the exact ones.
 *
 * @module
 */
import { divideHalfUp, parseMoney } from '../../accounts/money.ts'

const CENT = parseMoney('0.01')
const DOLLAR = parseMoney('1')

/** `$12.35`; below a cent with two digits that count: `$0.0042`. */
export function moneyText(amount: string): string {
  const exact = parseMoney(amount)
  const [sign, value] = exact < 0n ? ['-', -exact] : ['', exact]
  if (value === 0n) return '$0'
  let digits = 2
  if (value < CENT) while (value * 10n ** BigInt(digits) < DOLLAR * 10n) digits++
  const units = divideHalfUp(value * 10n ** BigInt(digits), DOLLAR)
  const text = units.toString().padStart(digits + 1, '0')
  return `${sign}$${grouped(text.slice(0, -digits))}.${text.slice(-digits)}`
}

/** `1,234`. */
export const countText = (count: number): string => grouped(String(count))

const STEPS = [
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const

/** `950`, `12.3k`, `4.6M`. */
export function tokensText(count: number): string {
  // What would be rounded up to a thousand is one of the next.
  const [step, unit] = STEPS.find(([least]) => count >= least * 0.9995) ?? [1, '']
  return step === 1 ? String(count) : `${(count / step).toFixed(count >= step * 99.95 ? 0 : 1)}${unit}`
}

export const percentText = (part: number | undefined): string => (part === undefined ? '' : `${Math.round(part * 100)}%`)

/** `850ms`, `3.2s`, `2m 5s`. */
export function durationText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}ms`
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)}s`
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)}m ${seconds % 60}s`
}

const grouped = (digits: string): string => digits.replace(/\B(?=(\d{3})+$)/g, ',')
