/** LiteLLM 1.82.7 and 1.82.8: a tool of its build was replaced, and what was published sent keys away. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const REGISTRY = 'https://registry.npmjs.org/'
interface Manifest {
  scripts: Record<string, string>
  dependencies: Record<string, string>
  devDependencies: Record<string, string>
}
const manifest = JSON.parse(read('package.json')) as Manifest
const lock = JSON.parse(read('package-lock.json')) as {
  packages: Record<string, { integrity?: string; resolved?: string; link?: boolean }>
}

test('installing the package runs nothing', () => {
  expect(Object.keys(manifest.scripts).filter((name) => /^(pre|post)?install$|^prepare$/.test(name))).toEqual([])
})

test('every dependency is of one version, with a hash, from the registry', () => {
  for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }))
    expect([name, version]).toEqual([name, expect.stringMatching(/^\d+\.\d+\.\d+(-[\w.]+)?$/)])
  const odd = Object.entries(lock.packages).filter(
    ([path, { integrity, resolved }]) => path && !(integrity?.startsWith('sha512-') && (resolved ?? REGISTRY).startsWith(REGISTRY)),
  )
  expect(odd.map(([path]) => path)).toEqual([])
})

test('an image is made of what the lockfile has, and runs nothing else', () => {
  const installs = read('Dockerfile').match(/npm (ci|install|i|add)\b.*/g)
  expect(installs?.length).toBeGreaterThan(0)
  for (const command of installs!) expect(command).toMatch(/^npm ci\b.*--ignore-scripts/)
})

test('CLIProxyAPI, issue 3457: no part of it is downloaded while it runs', () => {
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((path) => /\.(ts|html|js)$/.test(path))
  expect(sources.length).toBeGreaterThan(100)
  const remote = sources.filter((path) =>
    /<script[^>]+src=["']?(https?:)?\/\/|import\(\s*[`'"]https?:|<link[^>]+href=["']?https?:/.test(read(join('src', path))),
  )
  expect(remote).toEqual([])
})
