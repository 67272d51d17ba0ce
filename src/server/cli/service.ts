/**
 * `service`: has systemd or launchd start the server with the user's session, and start it again when it dies.
 *
 * @module
 */
import { execFileSync } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { homedir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { writePrivate } from '../config/write.ts'
import { CommandError, misuse, type Call } from './command.ts'
import { readConfigInUse } from './config-in-use.ts'
import { logFileOf } from './state-folder.ts'
import { print, say } from './terminal.ts'

interface Manager {
  file: string
  text(start: Start): string
  /** Commands that put the file to work. */
  install: readonly (readonly [string, ...string[]])[]
  remove: readonly (readonly [string, ...string[]])[]
}

interface Start {
  command: readonly string[]
  /** A file of variables, of which none has to be there. */
  variables: string
  log: string
}

const LABEL = 'io.github.cc-route'

/** @see https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html */
const systemd = (): Manager => ({
  file: join(process.env.XDG_CONFIG_HOME ?? join(homedir(), '.config'), 'systemd/user/cc-route.service'),
  text: ({ command, variables, log }) => `[Unit]
Description=cc-route
After=network-online.target

[Service]
ExecStart=${command.map((word) => unitWord(word).replaceAll('$', '$$$$')).join(' ')}
ExecReload=/bin/kill -HUP $MAINPID
Environment=${unitWord(`CC_ROUTE_LOG_FILE=${log}`)}
EnvironmentFile=-${variables.replaceAll('%', '%%')}
Restart=on-failure
RestartSec=2
TimeoutStopSec=30
NoNewPrivileges=yes

[Install]
WantedBy=default.target
`,
  install: [
    ['systemctl', '--user', 'daemon-reload'],
    ['systemctl', '--user', 'enable', '--now', 'cc-route.service'],
  ],
  remove: [['systemctl', '--user', 'disable', '--now', 'cc-route.service']],
})

/** In quotes, with what systemd reads in texts written so that it stays what it is. */
const unitWord = (word: string): string => `"${word.replaceAll(/[\\"]/g, String.raw`\$&`).replaceAll('%', '%%')}"`

/** @see https://www.launchd.info */
const launchd = (): Manager => {
  const file = join(homedir(), 'Library/LaunchAgents', `${LABEL}.plist`)
  const domain = `gui/${userInfo().uid}`
  return {
    file,
    // Launchd reads no file of variables: a shell does.
    text: ({ command, variables, log }) => `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key><string>${LABEL}</string>
  <key>ProgramArguments</key>
  <array>
${['/bin/sh', '-c', 'set -a; [ ! -f "$0" ] || . "$0"; exec "$@"', variables, ...command].map((word) => `    <string>${xml(word)}</string>`).join('\n')}
  </array>
  <key>EnvironmentVariables</key>
  <dict><key>CC_ROUTE_LOG_FILE</key><string>${xml(log)}</string></dict>
  <key>RunAtLoad</key><true/>
  <key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>
  <key>ExitTimeOut</key><integer>30</integer>
</dict>
</plist>
`,
    install: [['launchctl', 'bootstrap', domain, file]],
    remove: [['launchctl', 'bootout', `${domain}/${LABEL}`]],
  }
}

const xml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const MANAGERS: Readonly<Partial<Record<NodeJS.Platform, () => Manager>>> = { linux: systemd, darwin: launchd }

export async function run(call: Call): Promise<void> {
  const what = call.args[0]
  if (what !== 'install' && what !== 'remove') throw misuse(`service takes install or remove, not "${what}".`, 'service')
  const manager = MANAGERS[process.platform]?.()
  if (!manager) throw new CommandError(`There is no service for ${process.platform} yet. Have its own scheduler run: cc-route start`)
  return what === 'install' ? install(call, manager) : remove(call, manager)
}

async function install(call: Call, manager: Manager): Promise<void> {
  const used = await readConfigInUse(call)
  const { path, config } = used
  if (path === undefined)
    throw new CommandError('A service does not see the keys of this shell: it needs a configuration. Write one: cc-route init')
  const script = process.argv[1]!
  if (/[\\/]_npx[\\/]/.test(script))
    throw new CommandError('npx keeps cc-route in a folder that it empties. Install it first: npm install -g cc-route')
  const variables = join(dirname(path), 'env')
  const command = [
    process.execPath,
    script,
    'serve',
    '--config',
    path,
    ...(call.flags.port === undefined ? [] : ['--port', call.flags.port]),
  ]
  const text = manager.text({ command, variables, log: logFileOf(used) })
  if (call.flags.print !== undefined) return print(text)
  await writePrivate(manager.file, text)
  execute(manager.install, manager.file)
  print(`cc-route starts with your session: ${manager.file}`)
  const needed = Object.values(config.endpoints).flatMap(({ keys }) =>
    keys.map(({ from }) => from).filter((from) => /^[A-Z_][A-Z0-9_]*$/.test(from)),
  )
  if (needed.length && !existsSync(variables))
    say(
      `It does not see the variables of this shell: write ${[...new Set(needed)].join(', ')} as NAME=value into ${variables} (chmod 600).`,
    )
}

async function remove(call: Call, manager: Manager): Promise<void> {
  if (!existsSync(manager.file)) throw new CommandError(`There is no service: ${manager.file} is not there.`)
  if (call.flags.print !== undefined) return print(manager.file)
  execute(manager.remove, manager.file)
  rmSync(manager.file)
  print(`Removed: ${manager.file}`)
}

function execute(commands: Manager['install'], file: string): void {
  for (const [program, ...args] of commands) {
    try {
      execFileSync(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    } catch (error) {
      const { code, stderr } = error as NodeJS.ErrnoException & { stderr?: Buffer }
      const why = code === 'ENOENT' ? `${program} is not there` : stderr?.toString().trim()
      throw new CommandError(`${[program, ...args].join(' ')} failed: ${why}. The service is described in ${file}.`)
    }
  }
}
