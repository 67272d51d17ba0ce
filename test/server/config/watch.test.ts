import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { loadConfig, type Snapshot } from '../../../src/server/config/load.ts'
import { watchConfig, type WatchOptions } from '../../../src/server/config/watch.ts'
import { virtualClock } from '../../../src/testing/clock.ts'
import { folder } from './folder.ts'

const text = (name: string, more = '') => `{ "endpoints": { "${name}": { "preset": "ollama" ${more} } } }`

async function setup(first = text('one'), options: WatchOptions = {}) {
  const path = join(folder(), 'config.json')
  writeFileSync(path, first)
  const clock = virtualClock()
  const observed = new Map<string, () => void>()
  const snapshots: string[] = []
  const problems: string[] = []
  const load = { variables: {}, ...options }
  const watch = watchConfig(
    path,
    ({ config }) => void snapshots.push(Object.keys(config.endpoints).join()),
    (error) => void problems.push((error as Error).message),
    {
      ...load,
      current: await loadConfig(path, load),
      clock,
      observe: (place, changed) => {
        observed.set(place, changed)
        return () => observed.delete(place)
      },
    },
  )
  onTestFinished(watch.close)
  return { path, clock, watch, observed, snapshots, problems, changed: () => observed.get(join(path, '..'))!() }
}

describe('a change', () => {
  test('is read when the file has come to rest, once', async () => {
    const { path, clock, snapshots, problems, changed, watch } = await setup()
    writeFileSync(path, '{ "endp')
    changed()
    await clock.advance(60)
    writeFileSync(path, text('two'))
    changed()
    await clock.advance(60)
    expect([snapshots, problems]).toEqual([[], []])
    await clock.advance(60)
    await watch.reload()
    expect([snapshots, problems]).toEqual([['two'], []])
  })

  test('that cannot be used changes nothing, and is told once', async () => {
    const { path, watch, snapshots, problems } = await setup()
    writeFileSync(path, text('one', ', "modle": 1'))
    await watch.reload()
    await watch.reload()
    expect(snapshots).toEqual([])
    expect(problems).toEqual([
      expect.stringContaining('config.json:1:48: endpoints.one.modle: there is no such field. Did you mean "model"?'),
    ])
    writeFileSync(path, text('two'))
    await watch.reload()
    expect(snapshots).toEqual(['two'])
    rmSync(path)
    await watch.reload()
    expect(problems[1]).toContain('there is no such file')
  })

  test('of something else in the folder is none', async () => {
    const { watch, snapshots } = await setup()
    await watch.reload()
    expect(snapshots).toEqual([])
  })

  test('of a secret is one', async () => {
    const secrets = folder()
    writeFileSync(join(secrets, 'key'), 'a')
    const { watch, observed, path, snapshots } = await setup(text('one', `, "apiKey": ${JSON.stringify(`file:${join(secrets, 'key')}`)}`))
    expect([...observed.keys()].toSorted()).toEqual([join(path, '..'), secrets].toSorted())
    writeFileSync(join(secrets, 'key'), 'b')
    await watch.reload()
    expect(snapshots).toEqual(['one'])
    writeFileSync(path, text('one'))
    await watch.reload()
    expect([...observed.keys()]).toEqual([join(path, '..')])
  })

  test('that those who use it refuse is a problem', async () => {
    const path = join(folder(), 'config.json')
    writeFileSync(path, text('one'))
    const problems: unknown[] = []
    const refuse = () => {
      throw new Error('no')
    }
    const watch = watchConfig(path, refuse, (error) => void problems.push(error), { variables: {}, observe: () => () => {} })
    await watch.reload()
    expect(problems).toEqual([new Error('no')])
  })

  test('after closing is none', async () => {
    const { watch, path, snapshots, observed, changed, clock } = await setup()
    changed()
    watch.close()
    writeFileSync(path, text('two'))
    await clock.advance(1000)
    expect([snapshots, observed.size, clock.waiting]).toEqual([[], 0, 0])
  })
})

test('a file that another is put in place of, as editors do', async () => {
  const path = join(folder(), 'config.json')
  writeFileSync(path, text('one'))
  const snapshots: Snapshot[] = []
  const watch = watchConfig(
    path,
    (snapshot) => void snapshots.push(snapshot),
    (error) => expect.fail(String(error)),
    { variables: {}, restMs: 5 },
  )
  onTestFinished(watch.close)
  await vi.waitFor(() => expect(snapshots).toHaveLength(1))
  for (const [index, name] of ['two', 'three', 'four'].entries()) {
    writeFileSync(`${path}.new`, text(name))
    renameSync(`${path}.new`, path)
    await vi.waitFor(() => expect(snapshots).toHaveLength(index + 2), { timeout: 5000 })
  }
  expect(snapshots.map(({ config }) => Object.keys(config.endpoints)[0])).toEqual(['one', 'two', 'three', 'four'])
})
