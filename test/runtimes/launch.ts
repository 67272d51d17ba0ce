import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../', import.meta.url))

/** What must be there before a test of a built server can run; `undefined` where all is. */
export function lacking(runtime: 'node' | 'bun' | 'deno' | 'workerd'): string | undefined {
  if (!existsSync(join(root, 'dist/index.js'))) return 'not built: npm run build'
  if (runtime !== 'node' && !existsSync(commandOf(runtime))) return 'not installed: npm install --prefix test/runtimes'
  return undefined
}

export const commandOf = (runtime: string): string =>
  runtime === 'node' ? process.execPath : join(root, 'test/runtimes/node_modules/.bin', runtime)

export interface Launched {
  url: string
  stop(): Promise<void>
}

/**
 * Starts a server and waits until it says where it listens.
 *
 * @param said finds the address in what it prints; the first group is the URL
 */
export function launch(command: string, args: string[], options: { env?: Record<string, string>; said?: RegExp } = {}): Promise<Launched> {
  const { env, said = /(http:\/\/[\w.:[\]]+)/ } = options
  const child = spawn(command, args, {
    cwd: root,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const stop = async () => {
    child.kill('SIGKILL')
    await exited
  }
  return new Promise((resolve, reject) => {
    let output = ''
    const read = (chunk: Buffer) => {
      output += chunk.toString()
      const url = said.exec(output)?.[1]
      if (url) resolve({ url: url.replace('localhost', '127.0.0.1'), stop })
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.stdio[3]?.on('data', read)
    child.once('error', reject)
    void exited.then(() => reject(new Error(`${command} ended before it listened:\n${output}`)))
  })
}
