/**
 * Counters, gauges and histograms, and their text as Prometheus reads it.
 *
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 *
 * @module
 */

export type Labels = Readonly<Record<string, string>>

/** What is written under one name. */
export interface Family {
  name: string
  help: string
  type: 'counter' | 'gauge' | 'histogram'
  samples: readonly Sample[]
}

export interface Sample {
  /** What is added to the family's name: `_sum`, `_bucket` … */
  suffix?: string
  labels: Labels
  /** A number as it is written. */
  value: string
}

/** A series is a set of labels: more than so many of one family are counted as one, whose labels all say `other`. */
const MAX_SERIES = 2000

export const OTHER = 'other'

interface Series<T> {
  labels: Labels
  value: T
}

function createSeries<T>(empty: () => T): { of(labels: Labels): Series<T>; all(): Iterable<Series<T>> } {
  const known = new Map<string, Series<T>>()
  const keyOf = (labels: Labels) => Object.values(labels).join('\u0000')
  return {
    of(labels) {
      const key = keyOf(labels)
      const found = known.get(key)
      if (found) return found
      if (known.size >= MAX_SERIES) {
        const other = Object.fromEntries(Object.keys(labels).map((name) => [name, OTHER]))
        const rest = known.get(keyOf(other))
        if (rest) return rest
        labels = other
      }
      const made = { labels, value: empty() }
      known.set(keyOf(labels), made)
      return made
    },
    all: () => known.values(),
  }
}

export interface Counter {
  /** The same labels in the same order, always. */
  add(labels: Labels, by?: number): void
  family(): Family
}

export function createCounter(name: string, help: string): Counter {
  const series = createSeries(() => 0)
  return {
    add: (labels, by = 1) => void (series.of(labels).value += by),
    family: () => ({
      name,
      help,
      type: 'counter',
      samples: [...series.all()].map(({ labels, value }) => ({ labels, value: String(value) })),
    }),
  }
}

/** A counter of exact amounts. */
export function createSum(
  name: string,
  help: string,
  write: (amount: bigint) => string,
): { add(labels: Labels, by: bigint): void; family(): Family } {
  const series = createSeries(() => 0n)
  return {
    add: (labels, by) => void (series.of(labels).value += by),
    family: () => ({
      name,
      help,
      type: 'counter',
      samples: [...series.all()].map(({ labels, value }) => ({ labels, value: write(value) })),
    }),
  }
}

export interface Histogram {
  observe(labels: Labels, value: number): void
  family(): Family
}

/** @param bounds the upper ends of the buckets, rising; the last one, which has none, is added */
export function createHistogram(name: string, help: string, bounds: readonly number[]): Histogram {
  const series = createSeries(() => ({ counts: Array.from({ length: bounds.length + 1 }, () => 0), sum: 0 }))
  return {
    observe(labels, value) {
      const { value: held } = series.of(labels)
      const index = bounds.findIndex((bound) => value <= bound)
      held.counts[index < 0 ? bounds.length : index]! += 1
      held.sum += value
    },
    family: () => ({
      name,
      help,
      type: 'histogram',
      samples: [...series.all()].flatMap(({ labels, value: { counts, sum } }) => {
        let below = 0
        const buckets = counts.map((count, index): Sample => {
          below += count
          return {
            suffix: '_bucket',
            labels: { ...labels, le: index < bounds.length ? String(bounds[index]) : '+Inf' },
            value: String(below),
          }
        })
        return [...buckets, { suffix: '_sum', labels, value: String(sum) }, { suffix: '_count', labels, value: String(below) }]
      }),
    }),
  }
}

export const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

export const expositionOf = (families: readonly Family[]): string => families.map(familyText).join('')

function familyText({ name, help, type, samples }: Family): string {
  const head = `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n# TYPE ${name} ${type}\n`
  return head + samples.map(({ suffix = '', labels, value }) => `${name}${suffix}${labelText(labels)} ${value}\n`).join('')
}

function labelText(labels: Labels): string {
  const said = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`)
  return said.length ? `{${said.join(',')}}` : ''
}

const escaped = (value: string): string => value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
