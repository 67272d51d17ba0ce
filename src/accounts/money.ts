/**
 * US dollars without rounding: whole millionths of a millionth of a dollar, so that a price for a million tokens is exact for each one.
 *
 * @module
 */

/** Picodollars: 10^-12 US dollars. */
export type Money = bigint

const DIGITS = 12
const UNIT = 10n ** BigInt(DIGITS)

/** Reads a decimal: `12.50`, or a number as JavaScript writes it. What is beyond twelve digits is rounded half up. @throws RangeError for what is none */
export function parseMoney(text: string | number): Money {
  const [, sign, whole = '', part = '', power = '0'] = /^(-?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(String(text).trim()) ?? []
  if (!whole && !part) throw new RangeError(`"${text}" is no amount of US dollars. Write it as a decimal: 12.50.`)
  const shift = DIGITS + Number(power) - part.length
  const digits = BigInt(whole + part)
  const value = shift >= 0 ? digits * 10n ** BigInt(shift) : divideHalfUp(digits, 10n ** BigInt(-shift))
  return sign ? -value : value
}

/** Writes it as the shortest decimal: `0.0125`. */
export function formatMoney(amount: Money): string {
  const absolute = amount < 0n ? -amount : amount
  const part = (absolute % UNIT).toString().padStart(DIGITS, '0').replace(/0+$/, '')
  return `${amount < 0n ? '-' : ''}${absolute / UNIT}${part && `.${part}`}`
}

/** An amount times a decimal, such as a multiplier. */
export const multiply = (amount: Money, by: string | number): Money => divideHalfUp(amount * parseMoney(by), UNIT)

/** `a / b` to the nearest whole, for a positive `b`. */
export const divideHalfUp = (a: bigint, b: bigint): bigint => (a < 0n ? -((-a * 2n + b) / (b * 2n)) : (a * 2n + b) / (b * 2n))
