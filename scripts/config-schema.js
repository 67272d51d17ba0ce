/**
 * Writes schema/cc-route.schema.json, and the tables of docs/config.md, anew from the schema that configurations are checked with.
 */
import { spawnSync } from 'node:child_process'

const { status } = spawnSync('npx', ['vitest', 'run', 'test/server/config/json-schema.test.ts', 'test/server/config/docs.test.ts'], {
  env: { ...process.env, UPDATE_DOCS: '1' },
  stdio: 'inherit',
  shell: process.platform === 'win32',
})
process.exitCode = status ?? 1
