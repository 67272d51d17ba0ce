/** Reads the text format as strictly as its specification, and refuses what it does not allow. */

export interface ReadSample {
  name: string
  labels: Record<string, string>
  value: number
}

export interface ReadFamily {
  help: string
  type: string
  samples: ReadSample[]
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? ([-+]?(?:\\d+(?:\\.\\d+)?(?:e[-+]?\\d+)?|Inf|NaN))$`, 's')
const SUFFIXES: Record<string, readonly string[]> = { counter: [''], gauge: [''], histogram: ['_bucket', '_sum', '_count'] }

export function readExposition(text: string): Map<string, ReadFamily> {
  if (text && !text.endsWith('\n')) throw new Error('the last line has no end')
  const families = new Map<string, ReadFamily>()
  const seen = new Set<string>()
  let current: [string, ReadFamily] | undefined
  let help: [string, string] | undefined
  for (const line of text.split('\n').slice(0, -1)) {
    const said = new RegExp(`^# HELP (${NAME}) (.*)$`).exec(line)
    const typed = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram)$`).exec(line)
    if (said) {
      if (said[2]!.replaceAll(/\\[\\n]/g, '').includes('\\')) throw new Error(`badly escaped: ${line}`)
      help = [said[1]!, said[2]!]
    } else if (typed) {
      const [, name, type] = typed
      if (!help || help[0] !== name) throw new Error(`a type without its help: ${line}`)
      if (families.has(name)) throw new Error(`twice: ${name}`)
      if (type === 'counter' && !name.endsWith('_total')) throw new Error(`a counter that is no _total: ${name}`)
      current = [name, { help: help[1], type: type!, samples: [] }]
      families.set(...current)
    } else {
      const [, name, labels = '', value] = SAMPLE.exec(line) ?? []
      if (name === undefined) throw new Error(`no sample: ${line}`)
      const suffix = current && name.startsWith(current[0]) ? name.slice(current[0].length) : undefined
      if (!current || suffix === undefined || !SUFFIXES[current[1].type]!.includes(suffix))
        throw new Error(`in no family of its own: ${line}`)
      const key = line.slice(0, line.lastIndexOf(' '))
      if (seen.has(key)) throw new Error(`twice: ${key}`)
      seen.add(key)
      current[1].samples.push({ name, labels: readLabels(labels), value: value === '+Inf' ? Infinity : Number(value) })
    }
  }
  for (const [name, { type, samples }] of families) {
    if (type === 'histogram') checkHistogram(name, samples)
    else if (type === 'counter' && samples.some(({ value }) => !(value >= 0))) throw new Error(`a counter below nothing: ${name}`)
  }
  return families
}

function readLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {}
  let rest = text
  while (rest) {
    const [all, name, value, end] = LABEL.exec(rest) ?? []
    if (all === undefined || name === undefined || Object.hasOwn(labels, name)) throw new Error(`no labels: ${text}`)
    labels[name] = value!.replace(/\\(.)/g, (_, letter: string) => (letter === 'n' ? '\n' : letter))
    rest = rest.slice(all.length)
    if (end === ',' && !rest) throw new Error(`a comma too many: ${text}`)
  }
  return labels
}

/** Each series has its buckets in order, rising, the last one `+Inf` and as much as its count; and its sum. */
function checkHistogram(name: string, samples: readonly ReadSample[]): void {
  const series = new Map<string, ReadSample[]>()
  for (const sample of samples) {
    const { le: _le, ...labels } = sample.labels
    const key = JSON.stringify(labels)
    series.set(key, [...(series.get(key) ?? []), sample])
  }
  for (const [key, own] of series) {
    const buckets = own.filter((sample) => sample.name === `${name}_bucket`)
    const count = own.find((sample) => sample.name === `${name}_count`)
    const sum = own.find((sample) => sample.name === `${name}_sum`)
    const bounds = buckets.map(({ labels }) => (labels['le'] === '+Inf' ? Infinity : Number(labels['le'])))
    if (!count || !sum || own.length !== buckets.length + 2) throw new Error(`${name}${key} is not whole`)
    if (bounds.at(-1) !== Infinity) throw new Error(`${name}${key} has no +Inf`)
    if (bounds.some((bound, index) => Number.isNaN(bound) || (index > 0 && bound <= bounds[index - 1]!)))
      throw new Error(`${name}${key} is not in order`)
    if (buckets.some(({ value }, index) => index > 0 && value < buckets[index - 1]!.value)) throw new Error(`${name}${key} falls`)
    if (buckets.at(-1)!.value !== count.value) throw new Error(`${name}${key} does not add up`)
    if (count.value === 0 && sum.value !== 0) throw new Error(`${name}${key} is the sum of nothing`)
  }
}

/** The value of the one sample of a family that has these labels. */
export function valueOf(families: Map<string, ReadFamily>, name: string, labels: Record<string, string> = {}): number | undefined {
  const family = families.get(name) ?? families.get(name.replace(/_(bucket|sum|count)$/, ''))
  const fitting = family?.samples.filter(
    (sample) => sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  )
  if (fitting && fitting.length > 1) throw new Error(`${name} ${JSON.stringify(labels)} is several`)
  return fitting?.[0]?.value
}
