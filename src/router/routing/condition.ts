/**
 * Conditions as data, for configuration: which requests a rule is for.
 *
 * @module
 */
import type { Effort, ProtocolName } from '../../core/chat.ts'
import { isObject } from '../../core/json.ts'
import { rangeTest, textTest, valueTest, type Range, type TextTest, type ValueTest } from './comparison.ts'
import { daytimeTest, type Daytime } from './daytime.ts'
import type { RouteFacts } from './facts.ts'
import { EFFORTS, reaches } from './reasoning.ts'

/** All that is given must hold; `{}` holds for every request. */
export interface Condition {
  /** Patterns of models, `*` for anything. */
  model?: TextTest
  protocol?: ProtocolName | readonly ProtocolName[]
  /** The program that asks: `claude-code`, `codex` … */
  client?: TextTest
  tenant?: TextTest
  session?: TextTest
  agent?: TextTest
  /** By name; upper and lower case are one. */
  header?: Readonly<Record<string, TextTest>>
  query?: Readonly<Record<string, TextTest>>
  action?: 'generate' | 'count-tokens'
  stream?: boolean
  time?: Daytime
  subagent?: boolean
  background?: boolean
  /** Fields of the client's body by path: `{ 'metadata.team': 'search' }`. */
  parameter?: Readonly<Record<string, ValueTest>>
  /** `true`: any; an effort: at least so much. */
  reasoning?: boolean | Effort
  /** One of the client's tools fits one of these patterns; or how many tools there are. */
  tools?: string | readonly string[] | Range
  webSearch?: boolean
  images?: boolean
  documents?: boolean
  audio?: boolean
  video?: boolean
  structured?: boolean
  messages?: number | Range
  maxTokens?: number | Range
  /** Estimated input tokens. */
  tokens?: Range
  any?: readonly Condition[]
  all?: readonly Condition[]
  not?: Condition
}

type Test = (facts: RouteFacts) => boolean

const flag = (name: 'stream' | 'subagent' | 'background' | 'webSearch' | 'images' | 'documents' | 'audio' | 'video' | 'structured') => {
  return (wanted: boolean): Test =>
    (facts) =>
      facts[name] === wanted
}
const text = (name: 'model' | 'client' | 'tenant' | 'session' | 'agent') => {
  return (wanted: TextTest): Test => {
    const holds = textTest(wanted)
    return (facts) => holds(facts[name])
  }
}
const number = (name: 'messages' | 'maxTokens' | 'tokens') => {
  return (wanted: number | Range): Test => {
    const holds = rangeTest(wanted)
    return (facts) => {
      const value = facts[name]
      return value !== undefined && holds(value)
    }
  }
}
const named = <T>(tests: Readonly<Record<string, T>>, make: (test: T) => (value: never) => boolean) =>
  Object.entries(tests).map(([name, test]) => [name, make(test) as (value: unknown) => boolean] as const)

/** How each part is tested, the cheapest first: in this order they are asked. */
const TESTS: { [K in keyof Required<Condition>]: (wanted: NonNullable<Condition[K]>) => Test } = {
  model: text('model'),
  protocol: (wanted) => {
    const known = new Set([wanted].flat())
    return ({ protocol }) => known.has(protocol)
  },
  action: (wanted) => (facts) => facts.action === wanted,
  stream: flag('stream'),
  header: (wanted) => {
    const tests = named(wanted, textTest)
    return ({ headers }) => tests.every(([name, holds]) => holds(headers.get(name) ?? undefined))
  },
  query: (wanted) => {
    const tests = named(wanted, textTest)
    return ({ query }) => tests.every(([name, holds]) => holds(query.get(name) ?? undefined))
  },
  client: text('client'),
  tenant: text('tenant'),
  agent: text('agent'),
  time: (wanted) => {
    const holds = daytimeTest(wanted)
    return ({ time }) => holds(time)
  },
  parameter: (wanted) => {
    const tests = named(wanted, valueTest)
    return ({ body }) => tests.every(([path, holds]) => holds(fieldAt(body, path)))
  },
  session: text('session'),
  subagent: flag('subagent'),
  background: flag('background'),
  reasoning: (wanted) => {
    if (typeof wanted === 'boolean') return ({ reasoning }) => (reasoning !== undefined) === wanted
    if (!EFFORTS.includes(wanted)) throw new TypeError(`reasoning: "${wanted}" is no effort. Known: ${EFFORTS.join(', ')}.`)
    return ({ reasoning }) => reaches(reasoning, wanted)
  },
  tools: (wanted) => {
    if (typeof wanted === 'string' || Array.isArray(wanted)) {
      const holds = textTest(wanted as string | readonly string[])
      return ({ tools }) => tools.some(holds)
    }
    const holds = rangeTest(wanted as Range)
    return ({ tools }) => holds(tools.length)
  },
  webSearch: flag('webSearch'),
  structured: flag('structured'),
  maxTokens: number('maxTokens'),
  messages: number('messages'),
  images: flag('images'),
  documents: flag('documents'),
  audio: flag('audio'),
  video: flag('video'),
  not: (wanted) => {
    const holds = conditionTest(wanted)
    return (facts) => !holds(facts)
  },
  all: (wanted) => {
    const tests = wanted.map(conditionTest)
    return (facts) => tests.every((holds) => holds(facts))
  },
  any: (wanted) => {
    const tests = wanted.map(conditionTest)
    return (facts) => tests.some((holds) => holds(facts))
  },
  tokens: number('tokens'),
}

const PARTS = Object.keys(TESTS) as (keyof Condition)[]

/** Makes the test of a condition. @throws TypeError for a part that is not known, or that cannot hold what it holds */
export function conditionTest(condition: Condition): Test {
  const unknown = Object.keys(condition).find((name) => !PARTS.includes(name as keyof Condition))
  if (unknown !== undefined) throw new TypeError(`A condition has no part "${unknown}". Known: ${PARTS.join(', ')}.`)
  const tests = PARTS.flatMap((part) => {
    const wanted = condition[part]
    return wanted === undefined ? [] : (TESTS[part] as (wanted: unknown) => Test)(wanted)
  })
  return (facts) => tests.every((holds) => holds(facts))
}

function fieldAt(body: unknown, path: string): unknown {
  let value = body
  for (const name of path.split('.')) {
    if (Array.isArray(value)) value = value[Number(name)]
    else if (isObject(value) && Object.hasOwn(value, name)) value = value[name]
    else return undefined
  }
  return value
}
