import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildCommand, eventually, type Command } from './command.ts'

interface Seen {
  env: Record<string, string>
  args: string[]
  health?: number
  models?: number
  settings?: { env: Record<string, string> }
}

/** Prints its environment and its arguments, and what the server says to its key; then does what \$DO says. */
const FAKE = `
const fs = require('node:fs')
const { env } = process
const url = env.ANTHROPIC_BASE_URL ?? env.GOOGLE_GEMINI_BASE_URL ?? /base_url="([^"]+)\\/v1"/.exec(process.argv.join(' '))?.[1]
const key = env.ANTHROPIC_AUTH_TOKEN ?? env.GEMINI_API_KEY ?? env.CC_ROUTE_TOKEN
const at = process.argv.indexOf('--settings')
const settings = at > 0 && process.argv[at + 1][0] !== '{' ? JSON.parse(fs.readFileSync(process.argv[at + 1])) : undefined
;(async () => {
  const health = (await fetch(url + '/v1/models')).status
  const models = (await fetch(url + '/v1/models', { headers: { authorization: 'Bearer ' + key } })).status
  if (env.DO === 'wait') {
    process.on('SIGTERM', () => process.exit(42))
    setInterval(() => {}, 1000)
  }
  console.log(JSON.stringify({ env, args: process.argv.slice(2), health, models, settings }))
  if (env.DO === 'die') process.kill(process.pid, 'SIGKILL')
  else if (env.DO !== 'wait') process.exitCode = Number(env.DO ?? 0)
})()
`

let command: Command
beforeAll(async () => {
  command = await buildCommand()
  for (const name of ['claude', 'codex', 'gemini', 'other']) command.program(name, FAKE)
}, 60_000)
afterAll(() => command.remove())

const seenBy = (out: string) => JSON.parse(out.split('\n').find((line) => line.startsWith('{"env"'))!) as Seen
const left = (folder: string) => {
  try {
    return readdirSync(join(command.home, '.local/state/cc-route', folder))
  } catch {
    return []
  }
}

describe('code', () => {
  test('runs Claude Code with a server of its own, which only it can use, and leaves nothing behind', async () => {
    const env = {
      ANTHROPIC_API_KEY: 'sk-ant-of-the-user',
      CLAUDE_CODE_USE_BEDROCK: '1',
      OPENAI_API_KEY: 'sk-of-the-user',
      HTTPS_PROXY: 'http://127.0.0.1:9',
      NO_PROXY: 'corp.example',
    }
    const { code, out, err } = await command.run(['code', '-p', 'a b', '--', '--json'], { ...env, DO: '7' })
    expect(code).toBe(7)
    expect(err).toBe('')
    const seen = seenBy(out)
    expect(seen.args).toEqual(['-p', 'a b', '--', '--json'])
    expect(seen.env.ANTHROPIC_BASE_URL).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(seen.env).not.toHaveProperty('ANTHROPIC_API_KEY')
    expect(seen.env).not.toHaveProperty('CLAUDE_CODE_USE_BEDROCK')
    expect(seen.env).toMatchObject({ OPENAI_API_KEY: 'sk-of-the-user', NO_PROXY: 'corp.example,127.0.0.1,localhost' })
    expect(seen).toMatchObject({ health: 401, models: 200 })
    await expect(fetch(`${seen.env.ANTHROPIC_BASE_URL}/health`)).rejects.toThrow()
    expect([...left('servers'), ...left('settings')]).toEqual([])
  })

  test('uses the server that is running, and leaves it running', async () => {
    const { url, stop } = await command.start([])
    expect(seenBy((await command.run(['code'])).out).env).toMatchObject({ ANTHROPIC_BASE_URL: url, ANTHROPIC_AUTH_TOKEN: 'cc-route' })
    expect((await fetch(`${url}/health`)).status).toBe(200)
    await stop()
  })

  test('does not use one with another configuration', async () => {
    const { url, stop } = await command.start([])
    command.write('own.json', JSON.stringify({ endpoints: { a: { protocol: 'openai', baseUrl: 'http://127.0.0.1:9/v1' } } }))
    const seen = seenBy((await command.run(['code', '--config', 'own.json'])).out)
    expect(seen.env.ANTHROPIC_BASE_URL).not.toBe(url)
    expect(seen.args).toEqual([])
    await stop()
  })

  test('passes signals on, and tells how it ended', async () => {
    const running = command.open(['code'], { DO: 'wait' })
    await running.until(({ out }) => out.includes('{"env"'))
    running.child.kill('SIGINT')
    running.child.kill('SIGTERM')
    expect((await running.ended).code).toBe(42)
    expect((await command.run(['code'], { DO: 'die' })).code).toBe(137)
  })

  test('settings that lead elsewhere are overruled, by a file that is gone afterwards', async () => {
    const env = { ANTHROPIC_BASE_URL: 'http://127.0.0.1:9', ANTHROPIC_API_KEY: 'sk-other' }
    const file = command.write('home/.claude/settings.json', JSON.stringify({ env, model: 'opus' }))
    const { settings, args, env: own } = seenBy((await command.run(['code', '-p', 'hi'])).out)
    expect(settings!.env).toMatchObject({
      ANTHROPIC_BASE_URL: own.ANTHROPIC_BASE_URL,
      ANTHROPIC_AUTH_TOKEN: own.ANTHROPIC_AUTH_TOKEN,
      ANTHROPIC_API_KEY: '',
    })
    expect(args.slice(2)).toEqual(['-p', 'hi'])
    expect(left('settings')).toEqual([])
    const { out, err } = await command.run(['code', '--settings', '{}'])
    expect(err).toContain(`${file}: "env" there leads Claude Code elsewhere`)
    expect(seenBy(out).args).toEqual(['--settings', '{}'])
    command.write('home/.claude/settings.json', '{}')
  })

  test('without Claude Code it says how to get it', async () => {
    const { code, err } = await command.run(['code'], { PATH: '/nowhere' })
    expect(code).toBe(127)
    expect(err).toContain('npm install -g @anthropic-ai/claude-code')
  })
})

describe('run', () => {
  test('codex gets its provider by arguments', async () => {
    const { code, out } = await command.run(['run', '--', 'codex', 'exec', '-c', 'x=1'])
    const { args, models } = seenBy(out)
    expect({ code, models }).toEqual({ code: 0, models: 200 })
    expect(args.slice(-3)).toEqual(['exec', '-c', 'x=1'])
    expect(args.slice(0, 2)).toEqual(['-c', 'model_provider="cc-route"'])
    expect(args[3]).toMatch(/^model_providers\.cc-route=\{.*base_url="http:\/\/127\.0\.0\.1:\d+\/v1".*wire_api="responses"\}$/)
  })

  test('a client is known by its path as well', async () => {
    const path = command.program('elsewhere/codex', FAKE)
    expect(seenBy((await command.run(['run', '--', path])).out).args[1]).toBe('model_provider="cc-route"')
  })

  test('gemini gets the address, and its user advice where its settings would log in elsewhere', async () => {
    const { out, err } = await command.run(['run', 'gemini', '-p', 'hi'], { GOOGLE_API_KEY: 'of-the-user' })
    const { env, models, args } = seenBy(out)
    expect(env).not.toHaveProperty('GOOGLE_API_KEY')
    expect({ models, args }).toEqual({ models: 200, args: ['-p', 'hi'] })
    expect(err).toContain('"selectedType":"gemini-api-key"')
    command.write('home/.gemini/settings.json', '{"security":{"auth":{"selectedType":"gemini-api-key"}}}')
    expect((await command.run(['run', 'gemini'])).err).not.toContain('selectedType')
  })

  test('any other program gets the variables of all', async () => {
    const { env } = seenBy((await command.run(['run', '--', 'other'])).out)
    expect(env.OPENAI_BASE_URL).toBe(`${env.ANTHROPIC_BASE_URL}/v1`)
    expect(env.OPENAI_API_KEY).toBe(env.ANTHROPIC_AUTH_TOKEN)
  })

  test('nothing, or nothing that is there', async () => {
    expect(await command.run(['run'])).toMatchObject({ code: 2 })
    const { code, err } = await command.run(['run', '--', 'no-such-program'])
    expect(code).toBe(127)
    expect(err).toContain('no program "no-such-program" is on the PATH')
  })
})

describe('env', () => {
  test('a shell takes it', async () => {
    const { url, stop } = await command.start([])
    const { child, ended } = command.open(['env'], { SHELL: '/bin/zsh' })
    child.stdin!.end()
    const lines = (await ended).out
    expect(lines).toContain('unset ANTHROPIC_API_KEY')
    const { execFileSync } = await import('node:child_process')
    const printed = execFileSync('sh', ['-c', `${lines}\nprintf '%s|%s' "$ANTHROPIC_BASE_URL" "$ANTHROPIC_API_KEY"`], {
      env: { ANTHROPIC_API_KEY: 'x' },
    })
    expect(printed.toString()).toBe(`${url}|`)
    await stop()
  })

  test('other shells, other clients, and JSON', async () => {
    const fish = await command.run(['env', 'gemini'], { SHELL: '/usr/bin/fish' })
    expect(fish.out).toContain("set -gx GOOGLE_GEMINI_BASE_URL 'http://127.0.0.1:3456';\n")
    expect(fish.err).toContain('No server is running yet')
    const power = await command.run(['env', '--shell', 'powershell'])
    expect(power.out).toContain("$env:ANTHROPIC_BASE_URL = 'http://127.0.0.1:3456'\n")
    expect(power.out).toContain('Remove-Item Env:ANTHROPIC_API_KEY')
    const all = JSON.parse((await command.run(['env', 'all', '--json'])).out) as { set: Record<string, string>; unset: string[] }
    expect(all.set).toMatchObject({ OPENAI_BASE_URL: 'http://127.0.0.1:3456/v1', ANTHROPIC_BASE_URL: 'http://127.0.0.1:3456' })
    expect(all.unset.filter((name) => name in all.set)).toEqual([])
    expect(await command.run(['env', 'claud'])).toMatchObject({ code: 2 })
  })
})

test('a program that ends while another runs ends nobody else’s server', async () => {
  const [first, second] = ['wait', 'wait'].map((DO) => command.open(['code'], { DO }))
  await Promise.all([first!, second!].map((running) => running.until(({ out }) => out.includes('{"env"'))))
  first!.child.kill('SIGTERM')
  await first!.ended
  const { env } = seenBy(second!.seen.out)
  expect((await eventually(() => fetch(`${env.ANTHROPIC_BASE_URL}/health`))).status).toBe(200)
  second!.child.kill('SIGTERM')
  await second!.ended
})
