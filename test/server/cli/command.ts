/** The command, built from the source and run as people run it: in a home of its own, with nothing of this machine's environment. */
import { spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { buildProgram } from '../build-program.ts'

export interface Result {
  code: number | null
  out: string
  err: string
}

export interface Running {
  seen: { out: string; err: string }
  child: ChildProcess
  ended: Promise<Result>
  /** Resolves once `test` holds of what was written; rejects where the command ends before. */
  until(test: (seen: { out: string; err: string }) => boolean): Promise<void>
}

export interface Command {
  /** Runs it to its end. `input` is what it reads. */
  run(args: readonly string[], env?: Record<string, string>, input?: string): Promise<Result>
  /** Runs it, and gives it at once. */
  open(args: readonly string[], env?: Record<string, string>): Running
  /** Starts `serve` on a free port, and resolves when it listens. */
  start(args: readonly string[], env?: Record<string, string>): Promise<Started>
  /** An empty folder that is there as long as the command; the working directory. */
  folder: string
  /** The user's folder in it. */
  home: string
  /** The file that is run. */
  script: string
  /** Writes a file below the folder, readable by its owner alone. */
  write(path: string, text: string): string
  /** Writes a program of JavaScript into the folder of programs, which is on the PATH. */
  program(name: string, text: string): string
  remove(): void
}

export interface Started {
  url: string
  out: string
  pid: number
  stop(signal?: NodeJS.Signals): Promise<{ code: number | null; err: string }>
  seen: { out: string; err: string }
}

/** Builds the command into a folder of its own, so that no stale build is tested. */
export async function buildCommand(): Promise<Command> {
  const { folder, script, remove } = await buildProgram('cli', new URL('../../../src/server/cli.ts', import.meta.url))
  const home = join(folder, 'home')
  const bin = join(folder, 'bin')
  for (const path of [home, bin]) mkdirSync(path)
  const children = new Set<ChildProcess>()
  const open = (args: readonly string[], env: Record<string, string> = {}): Running => {
    const path = `${bin}:${dirname(process.execPath)}:/usr/bin:/bin`
    const child = spawn(process.execPath, [script, ...args], { env: { PATH: path, HOME: home, ...env }, cwd: folder })
    children.add(child)
    const seen = { out: '', err: '' }
    const waiting = new Set<() => void>()
    const hear = (name: 'out' | 'err') => (chunk: Buffer) => {
      seen[name] += chunk.toString()
      for (const look of waiting) look()
    }
    child.stdout.on('data', hear('out'))
    child.stderr.on('data', hear('err'))
    const ended = new Promise<Result>((resolve) => child.once('close', (code) => (children.delete(child), resolve({ code, ...seen }))))
    return {
      seen,
      child,
      ended,
      until: (test) =>
        new Promise((resolve, reject) => {
          const look = () => {
            if (!test(seen)) return
            waiting.delete(look)
            resolve()
          }
          waiting.add(look)
          look()
          void ended.then(({ code }) => reject(new Error(`the command ended with ${code}: ${seen.out}${seen.err}`)))
        }),
    }
  }
  const write = (path: string, text: string) => {
    const absolute = join(folder, path)
    mkdirSync(dirname(absolute), { recursive: true })
    writeFileSync(absolute, text, { mode: 0o600 })
    return absolute
  }
  return {
    folder,
    home,
    script,
    open,
    write,
    run(args, env, input) {
      const { child, ended } = open(args, env)
      child.stdin!.end(input ?? '')
      return ended
    },
    async start(args, env) {
      const { child, seen, ended, until } = open(['serve', '--port', '0', ...args], env)
      await until(({ out }) => out.includes('export ANTHROPIC_AUTH_TOKEN'))
      return {
        url: /listens on (\S+)/.exec(seen.out)![1]!,
        out: seen.out,
        pid: child.pid!,
        seen,
        async stop(signal = 'SIGTERM') {
          child.kill(signal)
          const { code, err } = await ended
          return { code, err }
        },
      }
    },
    program(name, text) {
      const path = write(join('bin', name), `#!${process.execPath}\n${text}`)
      chmodSync(path, 0o700)
      return path
    },
    remove() {
      for (const child of children) child.kill('SIGKILL')
      remove()
    },
  }
}

/** Waits for what another process does. */
export async function eventually<T>(look: () => T | undefined | false | Promise<T | undefined | false>): Promise<T> {
  for (const end = Date.now() + 15_000; Date.now() < end;) {
    const found = await look()
    if (found) return found
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`it never came: ${look}`)
}
