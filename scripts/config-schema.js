/**
 * Writes schema/cc-route.schema.json, and the tables of docs/config.md and docs/routing.md, anew from the schema that configurations are checked with.
 */
import { spawnSync } from 'node:child_process'

const tests = ['server/config/json-schema', 'server/config/docs', 'router/routing/page'].map((name) => `test/${name}.test.ts`)

const { status } = spawnSync('npx', ['vitest', 'run', ...tests], {
  env: { ...process.env, UPDATE_DOCS: '1' },
  stdio: 'inherit',
  shell: process.platform === 'win32',
})
process.exitCode = status ?? 1
