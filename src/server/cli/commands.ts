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
    name: 'usage',
    summary: 'tell what was used, and what it cost',
    args: '[WHAT]',
    arity: [0, 1],
    completes: ['today', 'yesterday', 'week', 'month', 'history', 'export', 'archive', 'vacuum'],
    flags: {
      by: { takes: 'NAMES', summary: 'a row for each model, endpoint, tenant, session, agent, …' },
      every: { takes: 'SPAN', summary: 'a row for each', choices: ['hour', 'day', 'week', 'month'] },
      from: { takes: 'TIME', summary: 'since a day, a time or a while ago: 2026-01-31, 2h' },
      to: { takes: 'TIME', summary: 'until then; a day is all of it' },
      model: { takes: 'NAME', summary: 'that of one model; * stands for anything' },
      endpoint: { takes: 'NAME', summary: 'that of an endpoint' },
      tenant: { takes: 'NAME', summary: 'that of a key of a client' },
      session: { takes: 'ID', summary: 'that of a conversation' },
      agent: { takes: 'NAME', summary: 'that of a program: claude-code, codex' },
      status: { takes: 'STATUS', summary: 'that of what was answered so: 200, 5xx' },
      order: { takes: 'WHAT', summary: 'what the largest have most of', choices: ['cost', 'requests', 'tokens'] },
      limit: { takes: 'NUMBER', short: 'n', summary: 'how many rows at most (default 20)' },
      csv: { summary: 'as CSV, exact' },
      out: { takes: 'FILE', short: 'o', summary: 'for export: write it there' },
      json: { summary: 'as JSON, exact' },
    },
    notes: ['WHAT is today, yesterday, week, month, history, export, archive or vacuum.'],
    load: () => import('./usage.ts'),
  },
  {
    name: 'statusline',
    summary: 'print a line about a conversation, for Claude Code',
    flags: {},
    isMinor: true,
    notes: ['Reads what Claude Code tells its status line on standard input.'],
    load: () => import('./statusline.ts'),
  },
  {
    name: 'logs',
    summary: 'show the log, or find requests in the ledger',
    args: '[ID]',
    arity: [0, 1],
    flags: {
      follow: { short: 'f', summary: 'go on as it grows' },
      lines: { takes: 'NUMBER', short: 'n', summary: 'how many of the last lines (default 50)' },
      level: { takes: 'LEVEL', summary: 'those of this level or worse', choices: ['error', 'warn', 'info', 'debug'] },
      grep: { takes: 'TEXT', summary: 'those with this text' },
      endpoint: { takes: 'NAME', summary: 'those of this endpoint' },
      since: { takes: 'TIME', summary: 'those after a time, or a while ago: 10m, 2h, 1d' },
      json: { summary: 'the lines as they stand' },
      requests: { summary: 'the requests of the ledger; so do the flags below' },
      until: { takes: 'TIME', summary: 'those before a time' },
      model: { takes: 'NAME', summary: 'those that asked for or got this model; * is anything' },
      tenant: { takes: 'NAME', summary: 'those with this key of a client' },
      session: { takes: 'ID', summary: 'those of this conversation' },
      status: { takes: 'STATUS', summary: 'those answered so: 429, 5xx' },
      text: { takes: 'WORDS', summary: 'those in which this was said, where that is kept' },
    },
    notes: ['ID is that of a request of the ledger: it is told whole.'],
    load: () => import('./logs.ts'),
  },
  {
    name: 'backup',
    summary: 'copy the configuration and the ledger to WebDAV, and back',
    args: '[now|list|restore|test] [NAME]',
    arity: [0, 2],
    completes: ['now', 'list', 'restore', 'test'],
    flags: {
      mode: { takes: 'MODE', summary: 'for restore (default keep-local)', choices: ['keep-local', 'overwrite'] },
      only: { takes: 'PART', summary: 'for restore: that part alone', choices: ['config', 'ledger'] },
      force: { summary: 'restore a configuration that lacks variables here, too' },
      json,
    },
    notes: [
      'NAME is one of "list": a backup, or a version of the configuration that a change has left behind. Default: the latest backup.',
      '"keep-local" adds what is missing here; "overwrite" makes it what the backup says. The file before is kept in backups/.',
    ],
    load: () => import('./backup.ts'),
  },
  {
    name: 'service',
    summary: 'start it with the session, by systemd or launchd',
    args: 'install|remove',
    arity: [1, 1],
    completes: ['install', 'remove'],
    isMinor: true,
    flags: { port, print: { summary: 'print what would be written, and do nothing' } },
    load: () => import('./service.ts'),
  },
  {
    name: 'completion',
    summary: 'print the completion of a shell',
    isMinor: true,
    args: 'bash|zsh|fish',
    arity: [1, 1],
    completes: ['bash', 'zsh', 'fish'],
    flags: {},
    load: () => import('./completion.ts'),
  },
  { name: 'version', summary: 'print the version', flags: {}, isMinor: true, load: () => import('./version.ts') },
]

export const commandNamed = (name: string): Command | undefined => COMMANDS.find((command) => command.name === name)
