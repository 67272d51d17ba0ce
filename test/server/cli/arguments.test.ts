import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { readCall } from '../../../src/server/cli/arguments.ts'
import { commandNamed, COMMANDS } from '../../../src/server/cli/commands.ts'
import { helpOf, overview, TOPICS } from '../../../src/server/cli/help.ts'
import { EXIT } from '../../../src/server/cli/command.ts'
import { SEEDS } from '../../../src/server/import/index.ts'

const read = (line: string) => {
  const [name, ...args] = line.split(' ')
  return readCall(commandNamed(name!)!, args)
}

describe('help', () => {
  const pages = [
    ['overview', overview()],
    ...COMMANDS.map((command) => [command.name, helpOf(command)] as const),
    ...Object.entries(TOPICS),
  ] as const

  test.each(pages)('%s fits a screen', (_, text) => {
    const lines = text.split('\n')
    // One line is the prompt's.
    expect(lines.length).toBeLessThanOrEqual(24)
    expect(lines.filter((line) => line.length > 80)).toEqual([])
  })

  test.each(COMMANDS.map((command) => [command.name, command] as const))('%s tells all its flags, and --config', (_, command) => {
    for (const name of [...Object.keys(command.flags), 'config', 'help']) expect(helpOf(command)).toContain(`--${name}`)
    expect(overview()).toContain(command.isMinor ? command.name : command.summary)
  })
})

test('short flags are those of the program that is run', async () => {
  for (const name of ['code', 'run']) expect(helpOf(commandNamed(name)!)).not.toMatch(/ -[ch],/)
  expect(helpOf(commandNamed('serve')!)).toContain('-c, --config FILE')
  const { run } = await commandNamed('run')!.load()
  await expect(run(read('run -c f.json -- codex'))).rejects.toThrow(
    'run takes a program, not "-c". Its own flags come first, by their long names.',
  )
})

test('every command can be loaded', async () => {
  for (const command of COMMANDS) expect(typeof (await command.load()).run).toBe('function')
})

test('import knows all that can be read', () => {
  expect(commandNamed('import')!.flags.from!.choices!.toSorted()).toEqual(SEEDS.map(({ name }) => name).toSorted())
})

describe('a command line', () => {
  test.each([
    ['serve -p 1 --host=[::1] -c f.toml', { port: '1', host: '[::1]', config: 'f.toml' }, []],
    ['validate --json f.json', { json: '' }, ['f.json']],
    ['validate -- --json', {}, ['--json']],
    ['explain - --header a:b --header=c:d', { header: 'a:b\nc:d' }, ['-']],
    ['code', {}, []],
    ['code -p hi --config x', {}, ['-p', 'hi', '--config', 'x']],
    ['code --config f.json --model m', { config: 'f.json' }, ['--model', 'm']],
    ['code --config=f.json -- --config x', { config: 'f.json' }, ['--config', 'x']],
    ['code -h', {}, ['-h']],
    ['run -- codex exec -- x', {}, ['codex', 'exec', '--', 'x']],
    ['run gemini -p hi', {}, ['gemini', '-p', 'hi']],
  ])('%s', (line, flags, args) => {
    expect(read(line)).toEqual({ flags, args })
  })

  test.each([
    ['serve --prot 1', 'serve has no flag --prot. Did you mean "--port"?'],
    ['serve -x', 'serve has no flag -x.'],
    ['serve --zzzzzz', 'serve has no flag --zzzzzz.\n'],
    ['serve --toString', 'serve has no flag --toString.'],
    ['serve --config', '--config takes a value: FILE.'],
    ['serve --config --port 1', '--config takes a value: FILE.'],
    ['serve --config=', '--config takes a value: FILE.'],
    ['serve -p 1 -p 2', '-p was given twice.'],
    ['validate --json=yes', '--json takes no value.'],
    ['env --shell fishy', '--shell takes sh, fish, powershell, not "fishy". Did you mean "fish"?'],
    ['explain', 'explain takes an argument: FILE|TIME.'],
    ['import a b', 'import takes no more arguments: "b".'],
    ['status x', 'status takes no argument "x".'],
  ])('%s is misuse', (line, message) => {
    let error: unknown
    try {
      read(line)
    } catch (caught) {
      error = caught
    }
    expect(error).toMatchObject({ name: 'CommandError', code: 2 })
    const told = (error as Error).message
    expect(`${told}\n`).toContain(message)
    expect(told).toContain(`cc-route ${line.split(' ')[0]} --help`)
  })
})

describe('the page about the command', () => {
  const path = fileURLToPath(new URL('../../../docs/cli.md', import.meta.url))
  const page = readFileSync(path, 'utf8')

  // UPDATE_DOCS=1 writes the list anew.
  test('has the list of commands as the command prints it', () => {
    const fresh = page.replace(/(```text\n)[^]*?(```)/, (_, open: string, close: string) => open + overview() + close)
    if (process.env['UPDATE_DOCS']) writeFileSync(path, fresh)
    expect(page).toBe(fresh)
  })

  const lines = [...page.matchAll(/```sh\n([^]*?)```/g)].flatMap(([, block]) =>
    [...block!.matchAll(/\bcc-route ((?!\/)[a-z][^\n)>]*)/g)].map(([, line]) => line!.trim()),
  )
  test.each(lines)('cc-route %s can be understood', (line) => {
    const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!)
    const command = commandNamed(words[0]!)
    expect(command).toBeDefined()
    readCall(command!, words.slice(1))
  })

  test('has all exit codes', () => {
    expect(lines.length).toBeGreaterThan(15)
    for (const code of Object.values(EXIT)) expect(page).toMatch(new RegExp(`^\\| ${code}\\b`, 'm'))
  })
})
