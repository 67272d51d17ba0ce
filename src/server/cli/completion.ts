/** `completion`: made from the table of commands. @module */
import { flagsOf } from './arguments.ts'
import { misuse, type Call, type Command } from './command.ts'
import { COMMANDS } from './commands.ts'
import { TOPICS } from './help.ts'
import { print } from './terminal.ts'

export async function run(call: Call): Promise<void> {
  const write = SHELLS[call.args[0]!]
  if (!write) throw misuse(`completion takes ${Object.keys(SHELLS).join(', ')}, not "${call.args[0]}".`, 'completion')
  print(write())
}

const names = COMMANDS.map(({ name }) => name)
const flagNames = (command: Command) => Object.keys(flagsOf(command)).map((name) => `--${name}`)
const words = (command: Command) => (typeof command.completes === 'object' ? command.completes : [])
const helpWords = [...names, ...Object.keys(TOPICS)]

const bash = () => `_cc_route() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} words=
  COMPREPLY=()
  case $before in --config|-c|--out|-o) COMPREPLY=($(compgen -f -- "$word")); return ;; esac
  if [ "$COMP_CWORD" -eq 1 ]; then words=${quoted([...names, 'help'])}
  else case \${COMP_WORDS[1]} in
    help) words=${quoted(helpWords)} ;;
${COMMANDS.map((command) => `    ${command.name}) words=${quoted([...words(command), ...flagNames(command)])} ;;`).join('\n')}
  esac; fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  case \${COMP_WORDS[1]} in ${filesOf().join('|')}) COMPREPLY+=($(compgen -f -- "$word")) ;; esac
}
complete -o filenames -F _cc_route cc-route`

const zsh = () => `#compdef cc-route
_cc_route() {
  local -a words
  if (( CURRENT == 2 )); then
    words=(${COMMANDS.map(({ name, summary }) => single(`${name}:${summary}`)).join(' ')} 'help:tell more')
    _describe command words
    return
  fi
  case $words[-2] in --config|-c|--out|-o) _files; return ;; esac
  case \${(Q)\${(z)BUFFER}[2]} in
    help) compadd -- ${helpWords.join(' ')} ;;
${COMMANDS.map((command) => `    ${command.name}) compadd -- ${[...words(command), ...flagNames(command)].join(' ')}${command.completes === 'files' ? '; _files' : ''} ;;`).join('\n')}
  esac
}
compdef _cc_route cc-route`

const fish = () =>
  [
    'complete -c cc-route -f',
    ...[...COMMANDS, { name: 'help', summary: 'tell more' }].map(
      ({ name, summary }) => `complete -c cc-route -n __fish_use_subcommand -a ${name} -d ${single(summary)}`,
    ),
    `complete -c cc-route -n '__fish_seen_subcommand_from help' -a ${single(helpWords.join(' '))}`,
    ...COMMANDS.flatMap((command) => {
      const within = `complete -c cc-route -n '__fish_seen_subcommand_from ${command.name}'`
      return [
        ...words(command).map((word) => `${within} -a ${word}`),
        ...(command.completes === 'files' ? [`${within} -F`] : []),
        ...Object.entries(flagsOf(command)).map(
          ([name, { short, takes, summary, choices }]) =>
            `${within} -l ${name}${short ? ` -s ${short}` : ''}${takes ? (takes === 'FILE' ? ' -rF' : ' -x') : ''}${choices ? ` -a ${single(choices.join(' '))}` : ''} -d ${single(summary)}`,
        ),
      ]
    }),
  ].join('\n')

const SHELLS: Readonly<Record<string, () => string>> = { bash, zsh, fish }

const filesOf = () => COMMANDS.filter(({ completes }) => completes === 'files').map(({ name }) => name)
const quoted = (items: readonly string[]) => `"${items.join(' ')}"`
/** In single quotes, as all three shells read them. */
const single = (text: string) => `'${text.replaceAll("'", '’')}'`
