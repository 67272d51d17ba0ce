import { defineConfig, type Options } from 'tsup'
import { writePriceList } from './scripts/price-list.js'

const library = {
  index: 'src/index.ts',
  transformers: 'src/transformers/index.ts',
  router: 'src/router/index.ts',
  accounts: 'src/accounts/index.ts',
  server: 'src/server/index.ts',
  // The server without what it needs of Node: for Workers, and inside other servers.
  gateway: 'src/server/gateway.ts',
  testing: 'src/testing/index.ts',
}

const shared: Options = {
  target: 'es2023',
  platform: 'neutral',
  external: [/^node:/],
  // Bun, Deno and Workers know Node's modules by their full names only.
  removeNodeProtocol: false,
  // One copy of what the entries share: what rides on a request or an answer is known to one copy alone, and must be found from every entry.
  splitting: true,
  sourcemap: true,
}

writePriceList()

export default defineConfig([
  // tsup sets `baseUrl`, which TypeScript 6 reports as deprecated. The types of the CommonJS files are made from these afterwards.
  { ...shared, entry: library, format: 'esm', dts: { compilerOptions: { ignoreDeprecations: '6.0' } } },
  // `import.meta.url` is something else there.
  { ...shared, entry: library, format: 'cjs', shims: true },
  // The command has the other entries' code in it rather than beside it, and that of the packages it always needs: it starts faster from
  // few files. What it imports only when needed stays beside it, in a folder.
  {
    ...shared,
    entry: { cli: 'src/server/cli.ts' },
    format: 'esm',
    // Not `srvx` itself: each runtime has one of its own.
    noExternal: ['@noble/hashes', 'eventsource-parser', 'srvx/node', 'valibot'],
    // Reading and compiling it is a third of the time to start: this takes a tenth off that time. Its source maps tell what stood where.
    minify: true,
    esbuildOptions: (options) =>
      void Object.assign(options, { chunkNames: 'cli/[name]-[hash]', conditions: ['node', 'import'], mainFields: ['module', 'main'] }),
  },
])
