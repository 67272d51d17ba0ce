/** The command, built from the source and run as people run it. */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'tsup'

export interface Command {
  /** Runs it to its end. */
  run(args: string[], env?: Record<string, string>): Promise<{ code: number | null; out: string; err: string }>
  /** Starts it, and resolves when it listens. */
  start(args: string[], env?: Record<string, string>): Promise<Started>
  /** An empty folder that is there as long as the command. */
  folder: string
  remove(): void
}

export interface Started {
  url: string
  out: string
  stop(signal?: NodeJS.Signals): Promise<{ code: number | null; err: string }>
}

/** Builds the command into one file of its own, so that no stale build is tested. */
export async function buildCommand(): Promise<Command> {
  const folder = mkdtempSync(join(tmpdir(), 'cc-route-'))
  await build({
    config: false,
    entry: { cli: fileURLToPath(new URL('../../src/server/cli.ts', import.meta.url)) },
    outDir: folder,
    format: 'esm',
    outExtension: () => ({ js: '.mjs' }),
    platform: 'node',
    target: 'node20',
    noExternal: [/./],
    silent: true,
    clean: false,
  })
  const children = new Set<ChildProcess>()
  const open = (args: string[], env: Record<string, string> = {}) => {
    const child = spawn(process.execPath, [join(folder, 'cli.mjs'), ...args], { env: { PATH: process.env.PATH, ...env }, cwd: folder })
    children.add(child)
    const seen = { out: '', err: '' }
    child.stdout.on('data', (chunk: Buffer) => (seen.out += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (seen.err += chunk.toString()))
    const ended = new Promise<number | null>((resolve) => child.once('close', (code) => (children.delete(child), resolve(code))))
    return { child, seen, ended }
  }
  return {
    folder,
    async run(args, env) {
      const { seen, ended } = open(args, env)
      const code = await ended
      return { code, ...seen }
    },
    async start(args, env) {
      const { child, seen, ended } = open(['serve', '--port', '0', ...args], env)
      const url = await new Promise<string>((resolve, reject) => {
        child.stdout.on('data', () => {
          const found = /export ANTHROPIC_AUTH_TOKEN/.test(seen.out) && /listens on (\S+)/.exec(seen.out)
          if (found) resolve(found[1]!)
        })
        void ended.then((code) => reject(new Error(`the command ended with ${code}: ${seen.err}`)))
      })
      return {
        url,
        out: seen.out,
        async stop(signal = 'SIGTERM') {
          child.kill(signal)
          return { code: await ended, err: seen.err }
        },
      }
    },
    remove() {
      for (const child of children) child.kill('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
