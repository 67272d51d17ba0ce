/**
 * The commands.
 *
 * @module
 */
import type { Command, Flag } from './command.ts'

/** Every command takes these. */
export const COMMON_FLAGS: Readonly<Record<string, Flag>> = {
  config: { takes: 'FILE', short: 'c', summary: 'the configuration; see "cc-route help config"' },
  help: { short: 'h', summary: 'this text' },
}

const json: Flag = { summary: 'as JSON, for programs' }
const host: Flag = { takes: 'HOST', summary: 'the address to listen on (default 127.0.0.1)' }
const port: Flag = { takes: 'PORT', short: 'p', summary: 'the port to listen on (default 3456; 0 takes a free one)' }
const which: Flag = { takes: 'PORT', short: 'p', summary: 'which server, where several are running' }
const timeout: Flag = { takes: 'SECONDS', summary: 'how long it may take to end before it is killed (default 30)' }
const IMPORTED = ['claude-code-router', 'ccnexus', 'cc-bridge', 'ccproxy', 'ccgate', 'cc-proxy']
const PROTOCOLS = ['claude', 'openai', 'openai-responses', 'gemini']

export const COMMANDS: readonly Command[] = [
  {
    name: 'serve',
    summary: 'answer clients, here, until stopped',
    flags: { host, port },
    notes: ['Reads the configuration again when the file changes, or on SIGHUP.'],
    load: () => import('./serve.ts'),
  },
  { name: 'start', summary: 'answer clients in the background', flags: { host, port }, load: () => import('./start.ts') },
  { name: 'stop', summary: 'stop what runs in the background', flags: { port: which, timeout }, load: () => import('./stop.ts') },
  {
    name: 'restart',
    summary: 'stop it, and start it with the same flags',
    flags: { port: which, timeout },
    load: () => import('./restart.ts'),
  },
  { name: 'status', summary: 'tell what is running', flags: { json }, load: () => import('./status.ts') },
  {
    name: 'code',
    summary: 'run Claude Code with it',
    args: '[ARGUMENTS…]',
    passes: true,
    flags: {},
    notes: ['Flags of cc-route come first; all else is passed to claude as it is.', 'Exits as claude does.'],
    load: () => import('./code.ts'),
  },
  {
    name: 'run',
    summary: 'run codex, gemini or another program with it',
    args: 'PROGRAM [ARGUMENTS…]',
    passes: true,
    completes: ['claude', 'codex', 'gemini'],
    flags: {},
    notes: ['Exits as the program does. Example: cc-route run -- codex "fix the tests"'],
    load: () => import('./run.ts'),
  },
  {
    name: 'env',
    summary: 'print what a shell needs: eval "$(cc-route env)"',
    args: '[claude|codex|gemini|all]',
    arity: [0, 1],
    completes: ['claude', 'codex', 'gemini', 'all'],
    flags: { shell: { takes: 'SHELL', summary: 'default: the one that $SHELL names', choices: ['sh', 'fish', 'powershell'] }, json },
    load: () => import('./env.ts'),
  },
  {
    name: 'init',
    summary: 'write a first configuration',
    flags: {
      yes: { short: 'y', summary: 'ask nothing' },
      force: { summary: 'replace a file that is there; it is kept in backups/' },
      provider: { takes: 'NAME', summary: 'a provider: openai, anthropic, gemini … (default: those whose keys are set)' },
      'base-url': { takes: 'URL', summary: 'its address, where it is not the usual one' },
      protocol: { takes: 'NAME', summary: 'what it speaks, where it is not known by name', choices: PROTOCOLS },
      model: { takes: 'MODEL', summary: 'the model to ask for' },
    },
    load: () => import('./init.ts'),
  },
  {
    name: 'validate',
    summary: 'check a configuration',
    args: '[FILE]',
    arity: [0, 1],
    completes: 'files',
    flags: { json },
    load: () => import('./validate.ts'),
  },
  {
    name: 'explain',
    summary: 'tell where a request would go, and why',
    args: 'FILE|TIME',
    arity: [1, 1],
    completes: 'files',
    flags: {
      protocol: { takes: 'NAME', summary: "the client's protocol (default: told by the body)", choices: PROTOCOLS },
      model: { takes: 'MODEL', summary: 'the model of a Gemini request, whose body names none' },
      header: { takes: 'NAME:VALUE', summary: 'a header of the request; may be repeated', many: true },
      json,
    },
    notes: [
      'FILE is the JSON body of a request; "-" reads standard input. Nothing is sent.',
      'TIME is that of a line of the log that holds what was asked ("log.bodies").',
    ],
    load: () => import('./explain.ts'),
  },
  {
    name: 'doctor',
    summary: 'try what the endpoints can do, live',
    args: '[ENDPOINT…]',
    arity: [0, Infinity],
    flags: {
      only: { takes: 'CHECKS', summary: 'these alone, separated by commas' },
      model: { takes: 'MODEL', summary: 'the model to ask for (default: the endpoint’s)' },
      timeout: { takes: 'SECONDS', summary: 'how long one check may take (default 60)' },
      json,
    },
    notes: ['Sends small requests, which cost a little. Exits with 1 where an endpoint does not work.'],
    load: () => import('./doctor.ts'),
  },
  {
    name: 'models',
    summary: 'list the models that clients may ask for',
    args: '[ENDPOINT…]',
    arity: [0, Infinity],
    flags: { live: { summary: 'ask the providers which models they have' }, json },
    load: () => import('./models.ts'),
  },
  {
    name: 'import',
    summary: 'make a configuration of another program’s',
    args: 'FILE',
    arity: [1, 1],
    completes: 'files',
    flags: {
      from: { takes: 'NAME', summary: 'whose it is (default: told by the file)', choices: IMPORTED },
      out: { takes: 'FILE', short: 'o', summary: 'write it there (default: standard output)' },
      force: { summary: 'replace a file that is there; it is kept in backups/' },
      json,
    },
    load: () => import('./import.ts'),
  },
  {
    name: 'logs',
    summary: 'show the log',
    flags: {
      follow: { short: 'f', summary: 'go on as it grows' },
      lines: { takes: 'NUMBER', short: 'n', summary: 'how many of the last lines (default 50)' },
      level: { takes: 'LEVEL', summary: 'those of this level or worse', choices: ['error', 'warn', 'info', 'debug'] },
      endpoint: { takes: 'NAME', summary: 'those of this endpoint' },
      since: { takes: 'TIME', summary: 'those after a time, or a while ago: 10m, 2h, 1d' },
      grep: { takes: 'TEXT', summary: 'those with this text' },
      json: { summary: 'the lines as they stand' },
    },
    load: () => import('./logs.ts'),
  },
  {
    name: 'service',
    summary: 'start it with the session, by systemd or launchd',
    args: 'install|remove',
    arity: [1, 1],
    completes: ['install', 'remove'],
    flags: { port, print: { summary: 'print what would be written, and do nothing' } },
    load: () => import('./service.ts'),
  },
  {
    name: 'completion',
    summary: 'print the completion of a shell',
    args: 'bash|zsh|fish',
    arity: [1, 1],
    completes: ['bash', 'zsh', 'fish'],
    flags: {},
    load: () => import('./completion.ts'),
  },
  { name: 'version', summary: 'print the version', flags: {}, load: () => import('./version.ts') },
]

export const commandNamed = (name: string): Command | undefined => COMMANDS.find((command) => command.name === name)
