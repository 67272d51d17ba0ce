/**
 * Reads the configuration of another program, and keeps account of what was read: what nobody asked for is told of in the end, so that
 * nothing is lost silently.
 *
 * @module
 */

/** Something of the old configuration that the new one does not have, or has otherwise. */
export interface Note {
  /** Where it stood, such as `upstream[0].quotaType`. */
  path: string
  /** What became of it, and what to do. */
  reason: string
}

export type Fields = Readonly<Record<string, unknown>>

/** An object of the old configuration. What is asked for counts as carried over. */
export interface Section {
  /** Where it stands; empty: the top. */
  readonly path: string
  /** Whether a field says something. */
  says(name: string): boolean
  /** The first of these fields that says something; numbers as text. Dollar signs are written so that they stay what they are. */
  text(...names: string[]): string | undefined
  /** What a table has for a field's text, whose case does not matter. Tells of a text that it does not have. */
  choice<T>(name: string, table: Readonly<Record<string, T>>): T | undefined
  /** A number, also one in quotes. */
  number(name: string): number | undefined
  /** true, false, and how databases and variables write them. */
  flag(name: string): boolean | undefined
  texts(name: string): string[]
  section(name: string): Section
  /** The objects of a list. */
  sections(name: string): Section[]
  /** A field as it stands. */
  raw(name: string): unknown
  names(): string[]
  /** Tells of a field, or of the section itself. */
  note(reason: string, name?: string): void
  /** Fields without a counterpart: tells of those that say something. */
  drop(reasons: Readonly<Record<string, string>>): void
  /** Fields that mean nothing here, and of which nothing is told. */
  ignore(...names: string[]): void
}

export interface Reading {
  top: Section
  /** Everything that was told of, then every field that nobody asked for. */
  notes(): Note[]
}

export const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)
export const fieldsIn = (value: unknown): Fields => (isFields(value) ? value : {})

/** What a table has for a name. Names are the file's: what every object has is none. */
export const entryOf = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined

/** `$NAME` would be a variable, where the old program took it as it stood. */
export const literal = (text: string): string => text.replaceAll('$', () => '$$')

const TRUE = new Set<unknown>([true, 1, '1', 'true', 'yes', 'on'])
const FALSE = new Set<unknown>([false, 0, '0', 'false', 'no', 'off'])

/** @param spell how a text of the old configuration is written in the new one */
export function openSection(value: unknown, spell: (text: string) => string = literal): Reading {
  const told: Note[] = []
  const opened = new Map<Fields, Section>()
  const unread: (() => Note[])[] = []

  const open = (fields: Fields, path: string): Section => {
    const known = opened.get(fields)
    if (known) return known
    const asked = new Set<string>()
    const at = (name: string) => (path ? `${path}.${name}` : name)
    const take = (name: string): unknown => {
      asked.add(name)
      return fields[name]
    }
    const wrong = (name: string, expected: string) =>
      void told.push({ path: at(name), reason: `is not ${expected}, and is not carried over` })
    const section: Section = {
      path,
      says: (name) => saysSomething(fields[name]),
      text(...names) {
        const found = names.map(take).find((item) => (typeof item === 'string' && item.trim()) || typeof item === 'number')
        if (found === undefined) for (const name of names) if (saysSomething(fields[name])) wrong(name, 'a text')
        return found === undefined ? undefined : spell(String(found).trim())
      },
      choice(name, table) {
        const said = section.text(name)?.toLowerCase()
        const found = said === undefined ? undefined : entryOf(table, said)
        if (said !== undefined && found === undefined)
          told.push({ path: at(name), reason: `is none of ${Object.keys(table).join(', ')}: the usual one is taken` })
        return found
      },
      number(name) {
        const item = take(name)
        const number = typeof item === 'string' && item.trim() ? Number(item) : item
        if (typeof number === 'number' && Number.isFinite(number)) return number
        if (saysSomething(item)) wrong(name, 'a number')
        return undefined
      },
      flag(name) {
        const item = take(name)
        const said = typeof item === 'string' ? item.trim().toLowerCase() : item
        if (TRUE.has(said)) return true
        if (FALSE.has(said)) return false
        if (saysSomething(item)) wrong(name, 'true or false')
        return undefined
      },
      texts(name) {
        const item = take(name)
        if (!Array.isArray(item)) {
          if (saysSomething(item)) wrong(name, 'a list')
          return []
        }
        return item.flatMap((one: unknown, index) => {
          if (typeof one === 'string' && one.trim()) return [spell(one.trim())]
          if (saysSomething(one)) wrong(`${name}[${index}]`, 'a text')
          return []
        })
      },
      section(name) {
        const item = take(name)
        if (!isFields(item) && saysSomething(item)) wrong(name, 'an object')
        return open(fieldsIn(item), at(name))
      },
      sections(name) {
        const item = take(name)
        if (!Array.isArray(item)) {
          if (saysSomething(item)) wrong(name, 'a list')
          return []
        }
        return item.flatMap((one: unknown, index) => {
          if (isFields(one)) return [open(one, at(`${name}[${index}]`))]
          wrong(`${name}[${index}]`, 'an object')
          return []
        })
      },
      raw: take,
      names: () => Object.keys(fields),
      note(reason, name) {
        if (name !== undefined) take(name)
        told.push({ path: name === undefined ? path : at(name), reason })
      },
      drop(reasons) {
        for (const [name, reason] of Object.entries(reasons)) if (saysSomething(take(name))) told.push({ path: at(name), reason })
      },
      ignore: (...names) => names.forEach(take),
    }
    opened.set(fields, section)
    unread.push(() =>
      Object.keys(fields)
        .filter((name) => !asked.has(name) && saysSomething(fields[name]))
        .map((name) => ({ path: at(name), reason: 'is not carried over: cc-route has nothing like it' })),
    )
    return section
  }
  const all = () => [...told, ...unread.flatMap((list) => list())]
  return {
    top: open(fieldsIn(value), ''),
    // What is asked for twice is told of once.
    notes: () => [...new Map(all().map((note) => [JSON.stringify(note), note])).values()],
  }
}

/** What is empty, 0 or switched off sets nothing. */
function saysSomething(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || FALSE.has(value)) return false
  return typeof value !== 'object' || Object.values(value).some((item) => saysSomething(item) || typeof item === 'number')
}
