import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { changed, type Change } from '../../../src/server/config/change.ts'
import { editText } from '../../../src/server/config/edit.ts'
import { readSource, type Format } from '../../../src/server/config/source.ts'

const JSONC = `// My configuration
{
  "endpoints": {
    // the first
    "a": { "apiKey": "$A", "model": "m" }, // cheap
    /* the second */
    "b": {
      "apiKey": "$B", // from work
    },
  },
  "routes": { "default": "a", "think": "b" }, // routes
}
`

const YAML = `# My configuration
endpoints:
  # the first
  a: { apiKey: $A, model: m } # cheap
  # the second
  b:
    apiKey: $B # from work

routes:
  default: a # usual
  think: b
pools:
  p:
    members:
      - a # one
      - b
`

const TOML = `# My configuration
title = "x" # not ours

[endpoints.a] # cheap
apiKey = "$A" # mine
models = { fast = "m-1" }

# the second
[endpoints.b]
apiKey = "$B"
timeouts.totalMs = 5

[routes]
default = "a" # usual
think = "b"

[pools.p]
members = ["a", "b"] # both
`

const edit = async (text: string, format: Format, ...changes: Change[]) => editText(text, format, changes)
/** The lines that differ: gone, and new. */
const diff = (before: string, after: string) => {
  const [old, now] = [before.split('\n'), after.split('\n')]
  return [old.filter((line) => !now.includes(line)), now.filter((line) => !old.includes(line))]
}

describe('nothing but the change', () => {
  test.each<[string, Format, string, Change, string[], string[]]>([
    [
      'a value',
      'json',
      JSONC,
      { op: 'set', path: ['routes', 'default'], value: 'b' },
      ['  "routes": { "default": "a", "think": "b" }, // routes'],
      ['  "routes": { "default": "b", "think": "b" }, // routes'],
    ],
    ['a value', 'yaml', YAML, { op: 'set', path: ['routes', 'default'], value: 'b' }, ['  default: a # usual'], ['  default: b # usual']],
    ['a value', 'toml', TOML, { op: 'set', path: ['routes', 'default'], value: 'b' }, ['default = "a" # usual'], ['default = "b" # usual']],
    [
      'a new field',
      'json',
      JSONC,
      { op: 'set', path: ['endpoints', 'b', 'enabled'], value: false },
      ['      "apiKey": "$B", // from work'],
      ['      "apiKey": "$B",', '      "enabled": false, // from work'],
    ],
    ['a new field', 'yaml', YAML, { op: 'set', path: ['endpoints', 'b', 'enabled'], value: false }, [], ['    enabled: false']],
    ['a new field', 'toml', TOML, { op: 'set', path: ['endpoints', 'a', 'enabled'], value: false }, [], ['enabled = false']],
    [
      'a new object',
      'toml',
      TOML,
      { op: 'set', path: ['endpoints', 'c'], value: { apiKey: '$C', headers: { 'x-a': 'b' } } },
      [],
      ['[endpoints.c]', 'apiKey = "$C"', 'headers = { x-a = "b" }'],
    ],
    [
      'a field of an inline table',
      'toml',
      TOML,
      { op: 'set', path: ['endpoints', 'a', 'models', 'best'], value: 'm-2' },
      ['models = { fast = "m-1" }'],
      ['models = { fast = "m-1", best = "m-2" }'],
    ],
    [
      'an item',
      'toml',
      TOML,
      { op: 'set', path: ['pools', 'p', 'members', 2], value: { to: 'c' } },
      ['members = ["a", "b"] # both'],
      ['members = ["a", "b", { to = "c" }] # both'],
    ],
    ['an item', 'yaml', YAML, { op: 'set', path: ['pools', 'p', 'members', 2], value: 'c' }, [], ['      - c']],
    ['a removal', 'yaml', YAML, { op: 'remove', path: ['routes', 'think'] }, ['  think: b'], []],
    ['a removal', 'toml', TOML, { op: 'remove', path: ['routes', 'think'] }, ['think = "b"'], []],
    [
      'a removal of a table',
      'toml',
      TOML,
      { op: 'remove', path: ['endpoints', 'b'] },
      ['# the second', '[endpoints.b]', 'apiKey = "$B"', 'timeouts.totalMs = 5'],
      [],
    ],
    [
      'a removal from a list',
      'toml',
      TOML,
      { op: 'remove', path: ['pools', 'p', 'members', 0] },
      ['members = ["a", "b"] # both'],
      ['members = ["b"] # both'],
    ],
    [
      'a name',
      'json',
      JSONC,
      { op: 'rename', path: ['endpoints', 'a'], to: 'first' },
      ['    "a": { "apiKey": "$A", "model": "m" }, // cheap'],
      ['    "first": { "apiKey": "$A", "model": "m" }, // cheap'],
    ],
    [
      'a name',
      'yaml',
      YAML,
      { op: 'rename', path: ['endpoints', 'a'], to: 'first' },
      ['  a: { apiKey: $A, model: m } # cheap'],
      ['  first: { apiKey: $A, model: m } # cheap'],
    ],
    [
      'a name',
      'toml',
      TOML,
      { op: 'rename', path: ['endpoints', 'a'], to: 'my first' },
      ['[endpoints.a] # cheap'],
      ['[endpoints."my first"] # cheap'],
    ],
  ])('%s in %s', async (_, format, text, change, gone, fresh) => {
    expect(diff(text, await edit(text, format, change))).toEqual([gone, fresh])
  })

  test('another order keeps the comments with what they are about', async () => {
    expect(await edit(JSONC, 'json', { op: 'move', path: ['endpoints', 'b'], to: 0 })).toBe(`// My configuration
{
  "endpoints": {
    /* the second */
    "b": {
      "apiKey": "$B", // from work
    },
    // the first
    "a": { "apiKey": "$A", "model": "m" }, // cheap
  },
  "routes": { "default": "a", "think": "b" }, // routes
}
`)
    expect(await edit(TOML, 'toml', { op: 'move', path: ['endpoints', 'b'], to: 0 })).toContain(`title = "x" # not ours

# the second
[endpoints.b]
apiKey = "$B"
timeouts.totalMs = 5

[endpoints.a] # cheap
apiKey = "$A" # mine
models = { fast = "m-1" }

[routes]`)
    expect(await edit(JSONC, 'json', { op: 'move', path: ['routes', 'think'], to: 0 })).toContain(
      '"routes": { "think": "b", "default": "a" }, // routes',
    )
    expect(await edit(YAML, 'yaml', { op: 'move', path: ['pools', 'p', 'members', 1], to: 0 })).toContain('      - b\n      - a # one\n')
    expect(await edit(TOML, 'toml', { op: 'move', path: ['pools', 'p', 'members', 1], to: 0 })).toContain('members = ["b", "a"] # both')
  })

  test('several changes are made one after the other', async () => {
    const changes: Change[] = [
      { op: 'set', path: ['endpoints', 'c'], value: { apiKey: '$C' } },
      { op: 'rename', path: ['endpoints', 'c'], to: 'd' },
      { op: 'set', path: ['routes', 'default'], value: 'd' },
      { op: 'set', path: ['server', 'port'], value: 1 },
    ]
    for (const [format, text] of [
      ['json', JSONC],
      ['yaml', YAML],
      ['toml', TOML],
    ] as const) {
      const { value } = await readSource(await editText(text, format, changes), format)
      expect(value).toMatchObject({ endpoints: { a: {}, b: {}, d: { apiKey: '$C' } }, routes: { default: 'd' }, server: { port: 1 } })
    }
  })

  test('dotted keys of TOML', async () => {
    const change: Change = { op: 'rename', path: ['endpoints', 'b', 'timeouts'], to: 'limits' }
    expect(diff(TOML, await edit(TOML, 'toml', change))).toEqual([['timeouts.totalMs = 5'], ['limits.totalMs = 5']])
    const removal: Change = { op: 'remove', path: ['endpoints', 'b', 'timeouts'] }
    await expect(edit(TOML, 'toml', removal)).rejects.toThrow(/^This change cannot be made in the TOML file as it is written/)
  })

  test('what is not there cannot be changed', async () => {
    for (const [format, text] of [
      ['json', JSONC],
      ['yaml', YAML],
      ['toml', TOML],
    ] as const) {
      await expect(edit(text, format, { op: 'remove', path: ['endpoints', 'z'] })).rejects.toThrow(
        'endpoints.z: there is no such value to change.',
      )
      await expect(edit(text, format, { op: 'rename', path: ['endpoints', 'a'], to: 'b' })).rejects.toThrow(
        'endpoints.a: there is a "b" already.',
      )
    }
  })
})

describe('whatever is changed, the result says that and keeps all comments of the rest', () => {
  const name = fc.constantFrom('a', 'b', 'c d', 'x.y', '-', '7')
  const leaf = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.integer(),
    fc.boolean(),
    fc.constantFrom('# no comment', '"', "it's", '$A', 'yes', '1', 'a\nb\n'),
  )
  const value = fc.letrec((tie) => ({
    any: fc.oneof({ maxDepth: 3 }, leaf, tie('object'), fc.array(tie('any'), { maxLength: 3 })),
    object: fc.dictionary(name, tie('any'), { maxKeys: 4, noNullPrototype: true }),
  }))
  const pathsOf = (at: unknown, path: (string | number)[] = []): (string | number)[][] =>
    typeof at === 'object' && at !== null
      ? Object.entries(at).flatMap(([step, item]) => {
          const next = [...path, Array.isArray(at) ? Number(step) : step]
          return [next, ...pathsOf(item, next)]
        })
      : []

  test.each(['json', 'yaml'] as const)('%s', async (format) => {
    await fc.assert(
      fc.asyncProperty(value.object, fc.nat(), fc.constantFrom('set', 'remove', 'rename', 'move'), leaf, async (object, pick, op, next) => {
        const full = { kept: { 'a b': 1 }, ...(object as object) }
        const paths = pathsOf(full)
        const path = paths[pick % paths.length]!
        const change = { op, path, value: next, to: op === 'move' ? 0 : 'renamed' } as Change
        if (op === 'rename' && typeof path.at(-1) === 'number') return
        const text = `${format === 'json' ? '//' : '#'} said\n${JSON.stringify(full, null, 2)}\n`
        const edited = await editText(text, format, [change])
        expect((await readSource(edited, format)).value).toEqual(changed(full, change))
        expect(edited).toMatch(/^(\/\/|#) said\n/)
      }),
      { numRuns: 200 },
    )
  })

  test('toml', async () => {
    await fc.assert(
      fc.asyncProperty(value.object, fc.nat(), fc.constantFrom('set', 'remove', 'rename'), value.any, async (object, pick, op, next) => {
        const full = { kept: { 'a b': 1 }, ...(object as object) }
        const text = `# said\n${await editText('', 'toml', [{ op: 'set', path: [], value: full }])}`
        expect((await readSource(text, 'toml')).value).toEqual(full)
        const paths = pathsOf(full)
        const path = paths[pick % paths.length]!
        const change = { op, path, value: next, to: 'renamed' } as Change
        if (op === 'rename' && typeof path.at(-1) === 'number') return
        const wanted = changed(full, change)
        const edited = await editText(text, 'toml', [change])
        expect((await readSource(edited, 'toml')).value).toEqual(wanted)
        // What stands right above a table goes with it.
        if (path.length > 1 && op !== 'remove') expect(edited).toMatch(/^# said\n/)
      }),
      { numRuns: 300 },
    )
  })
})
