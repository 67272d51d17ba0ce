/**
 * `server.keys` and `groups`: who may use the gateway, what of it, and how much.
 *
 * @module
 */
import * as v from 'valibot'
import { budgets } from './budget-schema.ts'
import { count, flag, list, named, text } from './fields.ts'
import { secret } from './secret.ts'

const MOMENT = 'a time such as "2027-01-31" or "2027-01-31T18:00:00Z"'
const ISO = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/

/** A moment; a date is its beginning in UTC. Read as milliseconds since 1970. */
const moment = (description: string) =>
  v.pipe(
    v.string(MOMENT),
    v.check((said) => ISO.test(said) && !Number.isNaN(Date.parse(said)), MOMENT),
    v.description(description),
    v.transform((said) => Date.parse(said)),
  )

const HASH = 'or "sha256:" and 64 hexadecimal digits, the hash of a key that is written nowhere'
const PATTERNS = '`*` stands for anything; `!` before a pattern takes away what it fits. Default: all.'
const pattern = (example: string) => text(`A name or a pattern: ${example}.`)

/** What a key or a group may use. */
const limits = (whose: string) => ({
  models: v.optional(
    list(
      `The models that may be asked for, by the client’s names and by those that providers are asked for: both have to be allowed. ${PATTERNS}`,
      pattern('claude-*, !*opus*'),
    ),
  ),
  routes: v.optional(list(`The rules of "routes" that may decide, as logs name them. ${PATTERNS}`, pattern('default, !header *'))),
  endpoints: v.optional(list(`The endpoints that may be asked. ${PATTERNS}`, pattern('openai'))),
  requestsPerMinute: v.optional(count('Requests in any minute.', { min: 1 })),
  tokensPerMinute: v.optional(
    count('Tokens in any minute, of questions and answers: by estimate at first, corrected when an answer has ended.', { min: 1 }),
  ),
  streams: v.optional(count('Requests that are being answered at a time.', { min: 1 })),
  budgets: v.optional(budgets(`What ${whose} may use up; each of them holds.`)),
})

export const NamedKey = v.strictObject(
  {
    name: text('Whose it is, for logs and limits.'),
    key: secret(`The key, 16 characters or more, ${HASH}.`),
    previous: v.optional(
      v.pipe(
        v.strictObject({ key: secret(`That key, ${HASH}.`), until: moment('Until when it may be used.') }, 'an object: { "key", "until" }'),
        v.description('The key that this one has replaced, for a time of grace.'),
      ),
    ),
    group: v.optional(text('The group whose limits hold for all of its keys together.')),
    expires: v.optional(moment('From when on it may not be used. A date is its beginning, in UTC. Default: never.')),
    disabled: v.optional(flag('It may not be used for now. Default false.')),
    note: v.optional(text('For people.')),
    passOn: v.optional(
      flag(
        'It may list, use and delete what providers keep for everybody (files, batches, conversations …), whichever key made it. Default: where it is the only key.',
      ),
    ),
    ...limits('this key'),
  },
  'a key, or { "name", "key" }',
)

const Group = v.strictObject({ note: v.optional(text('For people.')), ...limits('its keys together') }, 'an object of limits')

export const Groups = named('What keys share: limits by names of groups, for all keys of one together.', Group, 'groups by name')
