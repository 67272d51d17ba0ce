/** @param {number} share from 0 to 1 @returns {(numbers: number[]) => number} NaN of none */
const quantile = (share) => (numbers) => {
  const sorted = numbers.filter(Number.isFinite).sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export const median = quantile(0.5)
export const p99 = quantile(0.99)

/** How much `ys` grows with each step of `xs`: the slope of the line that fits best. @param {number[]} xs @param {number[]} ys */
export function slopeOf(xs, ys) {
  const mean = (/** @type {number[]} */ numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length
  const [x, y] = [mean(xs), mean(ys)]
  const along = xs.reduce((sum, value, i) => sum + (value - x) * ((ys[i] ?? 0) - y), 0)
  return along / xs.reduce((sum, value) => sum + (value - x) ** 2, 0)
}
