import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { writePriceList } from './scripts/price-list.js'

const source = (file: string) => fileURLToPath(new URL(`src/${file}`, import.meta.url))

writePriceList()

export default defineConfig({
  // Tests, examples and the code in the docs import the package by its name, and get its source.
  resolve: {
    alias: [
      { find: /^cc-route$/, replacement: source('index.ts') },
      { find: /^cc-route\/gateway$/, replacement: source('server/gateway.ts') },
      { find: /^cc-route\/(transformers|router|accounts|server|testing)$/, replacement: source('$1/index.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['**/node_modules/**'],
    testTimeout: 20_000,
    // On two cores there would be one worker, and the tests take half as long again.
    maxWorkers: '100%',
    reporters: ['default', './scripts/closing-line.js'],
  },
})
