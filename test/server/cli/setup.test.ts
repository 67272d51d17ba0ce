import { execFileSync, spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { buildCommand, type Command } from './command.ts'

let command: Command
beforeAll(async () => void (command = await buildCommand()), 60_000)
afterAll(() => command.remove())
const usual = () => join(command.home, '.config/cc-route/config.jsonc')
beforeEach(() => rmSync(join(command.home, '.config'), { recursive: true, force: true }))

const KEYS = { OPENAI_API_KEY: 'sk-of-openai', GEMINI_API_KEY: 'key-of-gemini' }

describe('init', () => {
  test('writes what it finds, for its owner alone, and every other command takes it', async () => {
    command.program('claude', '')
    const { code, out, err } = await command.run(['init', '--yes'], KEYS)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain('Keys found: openai (OPENAI_API_KEY), gemini (GEMINI_API_KEY)')
    expect(out).toContain('Programs found: Claude Code\n')
    expect(out).toContain('cc-route code ')
    expect(statSync(usual()).mode & 0o777).toBe(0o600)
    const text = readFileSync(usual(), 'utf8')
    expect(text).toContain('"apiKey": "$OPENAI_API_KEY"')
    expect(text).not.toContain('sk-of-openai')
    expect(await command.run(['validate'], KEYS)).toMatchObject({ code: 0, out: `${usual()} is fine: 2 endpoints, 1 pool.\n` })
    const { models } = JSON.parse((await command.run(['models', '--json'], KEYS)).out) as { models: { owner: string }[] }
    expect(models.map(({ owner }) => owner)).toEqual(['openai', 'gemini'])
    expect((await command.run(['models', 'gemini'], KEYS)).out).toMatch(/^gemini\/\S+ +gemini\n$/)
  })

  test('replaces nothing unasked, and keeps what it replaces', async () => {
    await command.run(['init', '--yes'], KEYS)
    const again = await command.run(['init', '--yes'], KEYS)
    expect(again.code).toBe(1)
    expect(again.err).toContain('--force')
    expect((await command.run(['init', '--yes', '--force', '--provider', 'ollama'])).out).toContain('/backups/')
    expect(readFileSync(usual(), 'utf8')).toContain('"ollama": {}')
  })

  test('one that flags describe', async () => {
    const file = join(command.folder, 'own.jsonc')
    const flags = ['--provider', 'mine', '--base-url', 'http://localhost:8080/v1', '--protocol', 'gemini', '--model', 'm']
    const { code, out } = await command.run(['init', '--yes', '--config', file, ...flags])
    expect(code).toBe(0)
    expect(out).toContain(`cc-route doctor --config ${file}`)
    expect(readFileSync(file, 'utf8')).toContain('"mine": { "protocol": "gemini", "baseUrl": "http://localhost:8080/v1", "model": "m" }')
    expect((await command.run(['models', '--config', file])).out).toMatch(/^m +mine\n$/)
  })

  test.each([
    [['init'], 2, 'With --yes nothing is asked.'],
    [['init', '--yes'], 1, 'No API key was found. Set ANTHROPIC_API_KEY'],
    [['init', '--yes', '--provider', 'opnai'], 1, 'There is no provider "opnai". Did you mean "openai"?'],
    [['init', '--yes', '--provider', 'openai'], 1, 'OPENAI_API_KEY'],
    [['init', '--yes', '--config', 'a.toml'], 2, 'ends in .jsonc'],
  ])('%j', async (args, code, message) => {
    const result = await command.run(args)
    expect(result.code).toBe(code)
    expect(result.err).toContain(message)
    expect(existsSync(usual())).toBe(false)
  })

  // A terminal of its own, where there is a program that makes one.
  test.runIf(existsSync('/usr/bin/script') && process.platform === 'linux')('on a terminal it asks, and shows no key', async () => {
    const child = spawn('/usr/bin/script', ['-qefc', `${process.execPath} ${command.script} init`, '/dev/null'], {
      env: { PATH: process.env.PATH, HOME: command.home, TERM: 'xterm' },
    })
    let shown = ''
    const answers: [RegExp, string][] = [
      [/Which provider\?[^]*\[anthropic\]: $/, 'openai'],
      [/Its key[^]*: $/, 'sk-typed-by-hand'],
    ]
    child.stdout.on('data', (chunk: Buffer) => {
      shown += chunk.toString()
      const [question, answer] = answers[0] ?? []
      // oxlint-disable-next-line no-control-regex
      if (!question?.test(shown.replaceAll(/\u001B\[[\d;?]*[A-Za-z]/g, ''))) return
      answers.shift()
      child.stdin.write(`${answer}\r`)
    })
    const code = await new Promise((resolve) => child.once('close', resolve))
    expect(code, shown).toBe(0)
    expect(shown).not.toContain('typed')
    expect(readFileSync(usual(), 'utf8')).toContain('"openai": { "apiKey": "sk-typed-by-hand" }')
  })
})

describe('validate', () => {
  test('tells scripts what is wrong, and where', async () => {
    command.write('bad.json', '{\n  "endpoints": { "a": { "protocl": "openai" } }\n}')
    const { code, out } = await command.run(['validate', 'bad.json', '--json'])
    expect(code).toBe(1)
    expect(JSON.parse(out)).toMatchObject({ file: 'bad.json', ok: false, problems: [{ line: 2, column: 25, path: 'endpoints.a.protocl' }] })
    expect(await command.run(['validate', 'bad.json'])).toMatchObject({ code: 1, out: '' })
    expect((await command.run(['validate'])).err).toContain('cc-route init')
  })

  test('finds what only shows when all is built', async () => {
    const endpoint = { protocol: 'openai', baseUrl: 'http://127.0.0.1:8080/v1', proxy: 'nonsense://x' }
    command.write('proxy.json', JSON.stringify({ endpoints: { a: endpoint } }))
    const { code, err } = await command.run(['validate', 'proxy.json'])
    expect(code).toBe(1)
    expect(err).toContain('proxy is no proxy')
  })
})

describe('explain', () => {
  const endpoint = { protocol: 'openai', baseUrl: 'http://127.0.0.1:8080/v1' }
  const config = {
    endpoints: { big: { ...endpoint, model: 'large' }, small: { ...endpoint, model: 'little' } },
    routes: { default: 'big', background: 'small' },
  }
  const explained = async (body: unknown, ...flags: string[]) => {
    command.write('explain.json', JSON.stringify(config))
    const { out, err, code } = await command.run(['explain', '-', '--config', 'explain.json', '--json', ...flags], {}, JSON.stringify(body))
    expect({ code, err }).toEqual({ code: 0, err: '' })
    return JSON.parse(out) as { model: string; candidates: { name: string }[]; facts: Record<string, unknown> }
  }
  const messages = [{ role: 'user', content: 'Hi' }]

  test.each([
    ['claude', { model: 'claude-haiku-4-5', max_tokens: 5, messages }, 'small'],
    ['claude', { model: 'claude-opus-5-5', max_tokens: 5, messages }, 'big'],
    ['openai', { model: 'small/little', messages }, 'small'],
    ['openai-responses', { model: 'gpt-5.4', input: 'Hi' }, 'big'],
  ])('a request of %s: %j goes to %s', async (_, body, to) => {
    expect((await explained(body)).candidates[0]!.name).toBe(to)
  })

  test('a request of Gemini names its model by a flag', async () => {
    const body = { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] }
    expect((await explained(body, '--model', 'small/little')).candidates[0]!.name).toBe('small')
    expect(await command.run(['explain', '-', '--config', 'explain.json'], {}, JSON.stringify(body))).toMatchObject({ code: 2 })
  })

  test('for people', async () => {
    command.write('explain.json', JSON.stringify(config))
    command.write('ask.json', JSON.stringify({ model: 'claude-haiku-4-5', max_tokens: 5, messages }))
    const { out } = await command.run(['explain', 'ask.json', '--config', 'explain.json'])
    expect(out).toMatch(/^router .* asks for little/)
    expect(out).toMatch(/✓ background/)
  })

  test('a line of the log, where that holds what was asked', async () => {
    const logged = (bodies: boolean) => command.write('logged.json', JSON.stringify({ ...config, log: { file: 'asked.log', bodies } }))
    for (const bodies of [true, false]) {
      const { url, stop } = await command.start(['--config', logged(bodies)])
      await fetch(`${url}/v1/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'claude-haiku-4-5', max_tokens: 5, messages }),
      }).then((response) => response.text())
      await stop()
      const { out } = await command.run(['logs', '--config', 'logged.json', '--json', '--grep', bodies ? 'bodies' : 'POST'])
      const { time } = JSON.parse(out.trim().split('\n').at(-1)!) as { time: string }
      const { code, out: text, err } = await command.run(['explain', time, '--config', 'logged.json'])
      if (bodies) expect(text).toMatch(/asks for little/)
      else expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('"bodies": true') as string })
    }
  })

  test.each([
    ['nope.json', 'There is no file "nope.json".'],
    ['list.json', 'is not the body of a request'],
    ['text.json', 'is no JSON'],
  ])('%s', async (file, message) => {
    command.write('explain.json', JSON.stringify(config))
    command.write('list.json', '[]')
    command.write('text.json', 'x')
    const { code, err } = await command.run(['explain', file, '--config', 'explain.json'])
    expect(code).toBe(1)
    expect(err).toContain(message)
  })
})

describe('import', () => {
  const old = {
    Providers: [{ name: 'ds', api_base_url: 'https://api.deepseek.com/chat/completions', api_key: 'sk-old', models: ['deepseek-chat'] }],
    Router: { default: 'ds,deepseek-chat' },
    LOG: true,
  }

  test('prints a configuration that can be used, and what it could not carry over', async () => {
    command.write('old.json', JSON.stringify(old))
    const { code, out } = await command.run(['import', 'old.json'])
    expect(code).toBe(0)
    const file = command.write('new.yaml', out)
    expect((await command.run(['validate', file])).code).toBe(0)
    const { config } = JSON.parse((await command.run(['import', 'old.json', '--json', '--from', 'claude-code-router'])).out) as {
      config: unknown
    }
    expect(config).toMatchObject({ endpoints: { ds: { apiKey: 'sk-old' } } })
  })

  test('writes it where it is told, for its owner alone', async () => {
    command.write('old.json', JSON.stringify(old))
    const out = join(command.folder, 'imported.jsonc')
    expect(await command.run(['import', 'old.json', '--out', out])).toMatchObject({ code: 0, out: '' })
    expect(statSync(out).mode & 0o777).toBe(0o600)
    expect(await command.run(['import', 'old.json', '--out', out])).toMatchObject({ code: 1 })
    expect((await command.run(['import', 'old.json', '--out', out, '--force'])).err).toContain('/backups/')
    command.write('other.json', '{}')
    const nobody = await command.run(['import', 'other.json'])
    expect(nobody.code).toBe(1)
    expect(nobody.err).not.toContain('    at ')
  })
})

describe('service', () => {
  const unit = () => join(command.home, '.config/systemd/user/cc-route.service')
  const asked = () => readFileSync(join(command.folder, 'asked.txt'), 'utf8')

  test.runIf(process.platform === 'linux')('is installed and removed', async () => {
    rmSync(join(command.folder, 'asked.txt'), { force: true })
    command.program('systemctl', "require('node:fs').appendFileSync('asked.txt', process.argv.slice(2).join(' ') + '\\n')")
    expect((await command.run(['service', 'install'])).err).toContain('cc-route init')
    await command.run(['init', '--yes'], { OPENAI_API_KEY: 'sk-of-openai' })
    const installed = await command.run(['service', 'install', '--port', '4000'], { OPENAI_API_KEY: 'sk-of-openai' })
    expect(installed).toMatchObject({ code: 0 })
    expect(installed.err).toContain('write OPENAI_API_KEY as NAME=value into')
    const text = readFileSync(unit(), 'utf8')
    expect(text).toContain(`ExecStart="${process.execPath}" "${command.script}" "serve" "--config" "${usual()}" "--port" "4000"`)
    expect(text).not.toContain('sk-of-openai')
    expect(asked()).toBe('--user daemon-reload\n--user enable --now cc-route.service\n')
    expect(await command.run(['service', 'remove'])).toMatchObject({ code: 0 })
    expect(existsSync(unit())).toBe(false)
    expect(asked()).toContain('--user disable --now cc-route.service')
    expect(await command.run(['service', 'remove'])).toMatchObject({ code: 1 })
  })

  test.runIf(process.platform === 'linux')('can be looked at before', async () => {
    await command.run(['init', '--yes', '--provider', 'ollama'])
    const { out } = await command.run(['service', 'install', '--print'])
    expect(out).toContain('Restart=on-failure')
    expect(existsSync(unit())).toBe(false)
  })
})

describe('completion', () => {
  const complete = (script: string, words: string) =>
    execFileSync(
      'bash',
      ['-c', `${script}\nCOMP_WORDS=(${words}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _cc_route; echo "\${COMPREPLY[*]}"`],
      {
        cwd: command.home,
      },
    )
      .toString()
      .trim()

  test('bash', async () => {
    const { out } = await command.run(['completion', 'bash'])
    expect(complete(out, 'cc-route st')).toBe('start stop status statusline')
    expect(complete(out, 'cc-route service r')).toBe('remove')
    expect(complete(out, 'cc-route logs --fo')).toBe('--follow')
    expect(complete(out, 'cc-route env ""')).toContain('gemini')
  })

  test.each(['zsh', 'fish'])('%s', async (shell) => {
    const { code, out } = await command.run(['completion', shell])
    expect(code).toBe(0)
    for (const word of ['doctor', 'install', 'follow']) expect(out).toContain(word)
    const path = [`/usr/bin/${shell}`, `/bin/${shell}`].find((candidate) => existsSync(candidate))
    if (path) execFileSync(path, ['-n'], { input: out })
  })

  test('another', async () => {
    expect(await command.run(['completion', 'tcsh'])).toMatchObject({ code: 2, out: '' })
  })
})
