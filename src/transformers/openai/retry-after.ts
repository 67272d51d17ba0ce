/**
 * When a retry makes sense, in seconds: from the headers, else from the words.
 *
 * @module
 */

export function retryAfterOf(headers: Headers, status: number, message: string): number | undefined {
  return (
    statedDelay(headers) ??
    (status === 429 || status === 503 || status === 529 ? (delayInWords(message) ?? windowReset(headers)) : undefined)
  )
}

function statedDelay(headers: Headers): number | undefined {
  const ms = Number(headers.get('retry-after-ms') ?? Number.NaN)
  if (Number.isFinite(ms)) return ms / 1000
  const after = headers.get('retry-after')
  if (!after) return undefined
  const seconds = Number(after)
  if (Number.isFinite(seconds)) return Math.max(0, seconds)
  const date = Date.parse(after)
  return Number.isNaN(date) ? undefined : Math.max(0, (date - Date.now()) / 1000)
}

/** "Please try again in 1.2s", "in 6m0s", "in 20 seconds", "in 350ms". */
function delayInWords(message: string): number | undefined {
  const found =
    /(?:again|retry|wait)\D{0,20}?((?:\d+(?:\.\d+)?\s*(?:ms|milliseconds?|seconds?|secs?|minutes?|mins?|hours?|[hms])\s*)+)/i.exec(message)
  return found ? readDuration(found[1]!) : undefined
}

const UNITS: Record<string, number> = { ms: 0.001, mi: 60, m: 60, s: 1, se: 1, h: 3600, ho: 3600, d: 86400 }

/** `1s`, `6m0s`, `120ms`, `1h2m3.5s`, `20 seconds`; a bare number is seconds. */
export function readDuration(text: string): number | undefined {
  if (/^\s*\d+(\.\d+)?\s*$/.test(text)) return Number(text)
  let seconds = 0
  let found = false
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)/gi)) {
    const word = unit!.toLowerCase()
    const factor = word.startsWith('milli') ? 0.001 : (UNITS[word] ?? UNITS[word.slice(0, 2)] ?? UNITS[word[0]!])
    if (factor === undefined) continue
    seconds += Number(amount) * factor
    found = true
  }
  return found ? Math.round(seconds * 1000) / 1000 : undefined
}

/** The windows that are used up say when they open again; where none says so, the next one that opens counts. */
function windowReset(headers: Headers): number | undefined {
  const windows = ['requests', 'tokens'].flatMap((unit) => {
    const reset = headers.get(`x-ratelimit-reset-${unit}`)
    const seconds = reset === null ? undefined : readDuration(reset)
    return seconds === undefined ? [] : [{ seconds, spent: headers.get(`x-ratelimit-remaining-${unit}`) === '0' }]
  })
  if (!windows.length) return undefined
  const spent = windows.filter((window) => window.spent)
  return spent.length ? Math.max(...spent.map(({ seconds }) => seconds)) : Math.min(...windows.map(({ seconds }) => seconds))
}
