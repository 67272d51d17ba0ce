import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'tsup'

export interface Program {
  /** A folder of its own. */
  folder: string
  /** The program, in the folder `dist` of that. */
  script: string
  remove(): void
}

/** Builds a program from its source, so that no stale build is tested. Its packages are beside it, as they are where it is installed. */
export async function buildProgram(name: string, source: URL): Promise<Program> {
  const folder = mkdtempSync(join(tmpdir(), 'cc-route-'))
  await build({
    config: false,
    entry: { [name]: fileURLToPath(source) },
    outDir: join(folder, 'dist'),
    format: 'esm',
    outExtension: () => ({ js: '.mjs' }),
    platform: 'node',
    target: 'node20',
    silent: true,
    clean: false,
  })
  symlinkSync(fileURLToPath(new URL('../../node_modules', import.meta.url)), join(folder, 'node_modules'))
  return { folder, script: join(folder, `dist/${name}.mjs`), remove: () => rmSync(folder, { recursive: true, force: true }) }
}
