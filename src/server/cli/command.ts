/**
 * What a command is. The table of commands holds these: parsing, help and completion are all made from it.
 *
 * @module
 */

/** What scripts can tell a result by. */
export const EXIT = {
  ok: 0,
  /** It could not be done. */
  failed: 1,
  /** The command line cannot be understood. */
  misused: 2,
  /** No server is running. */
  notRunning: 3,
  /** The program to run is not there. */
  noProgram: 127,
  /** And the number of the signal that ended a program. */
  signalled: 128,
} as const

export interface Flag {
  /** What it takes, in capitals for people; absent for a switch. */
  takes?: string
  short?: string
  summary: string
  /** The only values that it takes. */
  choices?: readonly string[]
  /** May be given several times: its values are joined by line breaks. */
  many?: boolean
}

/** A command line, read. */
export interface Call {
  /** The values of flags that were given; a switch that was given is `''`. */
  flags: Readonly<Record<string, string | undefined>>
  args: readonly string[]
}

export interface Command {
  name: string
  /** One line, in the list of commands. */
  summary: string
  /** What its arguments are, for people: `[FILE]`. */
  args?: string
  /** How many arguments it takes. Default none. */
  arity?: readonly [least: number, most: number]
  /** What the first argument may be, for completion: words, or files. */
  completes?: readonly string[] | 'files'
  flags: Readonly<Record<string, Flag>>
  /** Not for every day: the overview names it and says no more. */
  isMinor?: boolean
  /** Everything from the first argument that is no flag of its own belongs to the program that it runs. */
  passes?: boolean
  /** More to say in its help. */
  notes?: readonly string[]
  /** Loaded when it is called, so that none costs the others' start. Resolves with an exit code; absent: `ok`. */
  load(): Promise<{ run: (call: Call) => Promise<number | void> }>
}

/** What ends a command with a message for people and an exit code. */
export class CommandError extends Error {
  override name = 'CommandError'
  constructor(
    message: string,
    readonly code: number = EXIT.failed,
  ) {
    super(message)
  }
}

/** A command line that cannot be understood; the message says how it is meant. */
export const misuse = (message: string, command?: string): CommandError =>
  new CommandError(`${message}\nTry: cc-route ${command === undefined ? '' : `${command} `}--help`, EXIT.misused)
