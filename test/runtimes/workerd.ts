import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './launch.ts'

/**
 * Writes the configuration of a Worker: `examples/workers.js` and the built package, as modules of their own, not bundled.
 *
 * @returns its path
 */
export function writeWorkerConfig(folder: string, variables: Record<string, string>): string {
  const modules = [
    ['worker', 'examples/workers.js'],
    ['cc-route', 'dist/index.js'],
    ...readdirSync(join(root, 'dist')).flatMap((file) => (/^chunk-.*\.js$/.test(file) ? [[file, `dist/${file}`]] : [])),
    ['eventsource-parser', 'node_modules/eventsource-parser/dist/index.js'],
    ...['sha2', '_md', '_u64', 'utils'].map((name) => [`@noble/hashes/${name}.js`, `node_modules/@noble/hashes/${name}.js`]),
  ] as [string, string][]
  const text = (value: string) => JSON.stringify(value)
  const config = `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);

const worker :Workerd.Worker = (
  modules = [
    ${modules.map(([name, file]) => `(name = ${text(name)}, esModule = ${text(readFileSync(join(root, file), 'utf8'))})`).join(',\n    ')},
  ],
  bindings = [${Object.entries(variables)
    .map(([name, value]) => `(name = ${text(name)}, text = ${text(value)})`)
    .join(', ')}],
  compatibilityDate = "2026-11-01",
  compatibilityFlags = ["enable_request_signal"],
);
`
  const path = join(folder, 'worker.capnp')
  writeFileSync(path, config)
  return path
}
