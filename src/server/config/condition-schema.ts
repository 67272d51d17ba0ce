/**
 * `when`: which requests a rule is for.
 *
 * @module
 */
import * as v from 'valibot'
import type { Condition } from '../../router/routing/condition.ts'
import { EFFORTS } from '../../router/routing/reasoning.ts'
import { PROTOCOLS } from './endpoint-schema.ts'
import { byName, choice, flag, list, zone } from './fields.ts'

const bounds = {
  above: v.optional(v.pipe(v.number('a number'), v.description('More than.'))),
  below: v.optional(v.pipe(v.number('a number'), v.description('Less than.'))),
  from: v.optional(v.pipe(v.number('a number'), v.description('At least.'))),
  to: v.optional(v.pipe(v.number('a number'), v.description('At most.'))),
}
const BOUNDS = 'bounds: "above", "below", "from" or "to"'
const Range = v.strictObject(bounds, BOUNDS)
const NumberTest = v.union([v.number(), Range], `a number, or ${BOUNDS}`)

const isExpression = (source: string, flags?: string): boolean => {
  try {
    return Boolean(new RegExp(source, flags))
  } catch {
    return false
  }
}
const TEXT = 'a text with `*`, a list of them, { "regex", "flags" }, true or false'
const Expression = v.pipe(
  v.strictObject({ regex: v.string('a regular expression'), flags: v.optional(v.string('flags')) }, TEXT),
  v.check(({ regex, flags }) => isExpression(regex, flags), 'a regular expression in "regex"'),
)
const TextTest = v.union([v.string(), v.boolean(), v.array(v.string('a text'), TEXT), Expression], TEXT)
const textTest = (description: string) => v.optional(v.pipe(TextTest, v.description(description)))
const textTests = (description: string) => v.optional(v.pipe(byName(v.string(), TextTest, 'tests by name'), v.description(description)))

const Scalar = v.union([v.string(), v.number(), v.boolean(), v.null()], 'a text, a number, true, false or null')
const VALUE = `a value, ${TEXT.replace(', true or false', '')}, bounds, { "contains" } or { "not" }`
const ValueTest = v.union(
  [
    Scalar,
    v.array(v.string('a text'), VALUE),
    v.pipe(
      v.strictObject(
        {
          regex: v.optional(v.string('a regular expression')),
          flags: v.optional(v.string('flags')),
          ...bounds,
          contains: v.optional(v.union([v.string(), v.number()], 'a text or a number')),
          not: v.optional(Scalar),
        },
        VALUE,
      ),
      v.check(({ regex, flags }) => regex === undefined || isExpression(regex, flags), 'a regular expression in "regex"'),
    ),
  ],
  VALUE,
)

const TIME = 'a time of day such as "09:30"'
const time = (description: string) =>
  v.optional(v.pipe(v.string(TIME), v.regex(/^(?:[01]\d|2[0-4]):[0-5]\d$/, TIME), v.description(description)))
const Daytime = v.strictObject(
  {
    from: time('Included. Default 00:00.'),
    to: time('Not included. Default 24:00; not after `from`: until then the next day.'),
    days: v.optional(list('Default: every day.', choice('A weekday.', ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']))),
    zone: v.optional(zone('The time zone by its IANA name. Default UTC.')),
  },
  'an object with "from", "to", "days" and "zone"',
)

const Nested: v.GenericSchema<Condition> = v.lazy(() => ConditionSchema)
const number = (description: string) => v.optional(v.pipe(NumberTest, v.description(description)))
const yes = (description: string) => v.optional(flag(description))

/** Which requests: all that is given must hold. */
export const ConditionSchema: v.GenericSchema<Condition> = v.pipe(
  v.strictObject(
    {
      model: textTest('The model that the client asks for; `*` stands for anything.'),
      protocol: v.optional(
        v.pipe(
          v.union([v.picklist(PROTOCOLS), v.array(v.picklist(PROTOCOLS))], `one of ${PROTOCOLS.join(', ')}, or a list of them`),
          v.description("The client's protocol."),
        ),
      ),
      client: textTest('The program that asks: claude-code, codex, gemini-cli …'),
      tenant: textTest('Whose key it is.'),
      session: textTest("The session's id."),
      agent: textTest("The sub-agent's id; true: any."),
      header: textTests("The client's headers by name."),
      query: textTests('Parameters of the URL by name.'),
      action: v.optional(choice('generate, or count-tokens.', ['generate', 'count-tokens'])),
      stream: yes('The answer is streamed.'),
      time: v.optional(v.pipe(Daytime, v.description('When it is asked.'))),
      subagent: yes('A sub-agent asks.'),
      background: yes('The program asks by itself, besides the conversation.'),
      parameter: v.optional(
        v.pipe(
          byName(v.string(), ValueTest, 'tests by path'),
          v.description('Fields of the client\'s body by path: { "metadata.team": "search" }.'),
        ),
      ),
      reasoning: v.optional(
        v.pipe(
          v.union([v.boolean(), v.picklist(EFFORTS)], `true, false, or one of ${EFFORTS.join(', ')}`),
          v.description('true: any reasoning is asked for; an effort: at least so much.'),
        ),
      ),
      tools: v.optional(
        v.pipe(
          v.union([v.string(), v.array(v.string('a text')), Range], `a tool's name with \`*\`, a list of them, or ${BOUNDS}`),
          v.description("One of the client's tools has such a name; or how many there are."),
        ),
      ),
      webSearch: yes('The provider is asked to search the web.'),
      images: yes('There are images in it.'),
      documents: yes('There are documents in it.'),
      audio: yes('There is audio in it.'),
      video: yes('There is video in it.'),
      structured: yes('The answer must be JSON.'),
      messages: number('Messages of the conversation.'),
      maxTokens: number('The most tokens of output that are asked for.'),
      tokens: v.optional(v.pipe(Range, v.description('Tokens of input, by estimate.'))),
      any: v.optional(list('One of these must hold.', Nested)),
      all: v.optional(list('All of these must hold.', Nested)),
      not: v.optional(Nested),
    },
    'an object of conditions',
  ),
  v.description('Which requests: all that is given must hold.'),
)
