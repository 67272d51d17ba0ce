/**
 * What `doctor` tries of an endpoint. All is asked as a Claude client asks, so that the translation is tried as well.
 *
 * @module
 */
import { isObject, type JsonObject } from '../../core/json.ts'
import { totalInput } from '../../core/usage.ts'
import type { Answer, Asker } from './doctor-ask.ts'

export interface Finding {
  /** `unsure`: it works, and what was to be seen was not; models do not always do as they are told. */
  result: 'yes' | 'no' | 'unsure'
  detail?: string
}

export interface Check {
  name: string
  /** Without it the endpoint is of no use. */
  needed?: boolean
  run(ask: Asker): Promise<Finding>
}

const user = (content: unknown): JsonObject => ({ messages: [{ role: 'user', content }] })
const ROOM = { max_tokens: 1024 }
const PONG = { ...ROOM, ...user('Answer with one word: pong') }

const WEATHER = {
  name: 'get_weather',
  description: 'The weather in a city, now',
  input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
}

/** A square, all red. */
const RED =
  'iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAIAAAD8GO2jAAAAJ0lEQVR42u3NsQkAAAjAsP7/tF7hIASyp6lTCQQCgUAgEAgEgi/BAjLD/C5w/SM9AAAAAElFTkSuQmCC'

const yes = (detail?: string): Finding => ({ result: 'yes', ...(detail !== undefined && { detail }) })
const unsure = (detail: string): Finding => ({ result: 'unsure', detail })

const blocks = ({ body }: Answer, type: string): JsonObject[] =>
  Array.isArray(body.content) ? body.content.filter((block): block is JsonObject => isObject(block) && block.type === type) : []
const textOf = (answer: Answer): string =>
  blocks(answer, 'text')
    .map(({ text }) => String(text))
    .join('')
const cities = (answer: Answer): unknown[] => blocks(answer, 'tool_use').map(({ input }) => (isObject(input) ? input.city : undefined))

export const CHECKS: readonly Check[] = [
  {
    name: 'protocol',
    needed: true,
    async run(ask) {
      const answer = await ask(PONG)
      return textOf(answer) ? yes(answer.model) : unsure(`the answer has no text, and ended with ${String(answer.body.stop_reason)}`)
    },
  },
  {
    name: 'streaming',
    needed: true,
    async run(ask) {
      const { events, firstMs } = await ask.stream(PONG)
      const deltas = events.filter((type) => type === 'content_block_delta').length
      if (events.at(-1) !== 'message_stop') return { result: 'no', detail: `the stream ended with ${events.at(-1) ?? 'nothing'}` }
      return deltas ? yes(`first text after ${firstMs} ms, ${deltas} pieces`) : unsure('the stream has no text')
    },
  },
  {
    name: 'tools',
    async run(ask) {
      const found = cities(await ask({ ...ROOM, ...user('How is the weather in Oslo? Use the tool.'), tools: [WEATHER] }))
      if (!found.length) return unsure('the tool was not called')
      return typeof found[0] === 'string' ? yes() : { result: 'no', detail: 'the tool was called without its argument' }
    },
  },
  {
    name: 'parallel-tools',
    async run(ask) {
      const question = 'How is the weather in Oslo and in Lima? Call the tool for both cities at once, before you answer.'
      const found = cities(await ask({ ...ROOM, ...user(question), tools: [WEATHER] }))
      return found.length > 1 ? yes() : unsure(found.length ? 'one call came, not two' : 'the tool was not called')
    },
  },
  {
    name: 'images',
    async run(ask) {
      const source = { type: 'base64', media_type: 'image/png', data: RED }
      const answer = await ask({
        ...ROOM,
        ...user([
          { type: 'image', source },
          { type: 'text', text: 'Which colour is this? One word.' },
        ]),
      })
      const dropped = answer.lost.find((path) => path.startsWith('/messages'))
      if (dropped !== undefined) return { result: 'no', detail: 'the image cannot be sent' }
      const text = textOf(answer)
      return /red/i.test(text) ? yes() : unsure(`a red square was called ${JSON.stringify(text.slice(0, 40))}`)
    },
  },
  {
    name: 'reasoning',
    async run(ask) {
      const question = { max_tokens: 4096, ...user('How many of the numbers from 1 to 60 are divisible by 4 or by 7?') }
      const thinking = [{ type: 'adaptive' }, { type: 'enabled', budget_tokens: 1024 }]
      // Newer models take the one, older ones the other.
      const answer = await ask({ ...question, thinking: thinking[0] }).catch(() => ask({ ...question, thinking: thinking[1] }))
      const tokens = answer.usage?.reasoning
      if (tokens) return yes(`${tokens} tokens`)
      return blocks(answer, 'thinking').length || blocks(answer, 'redacted_thinking').length ? yes() : unsure('no reasoning was seen')
    },
  },
  {
    name: 'caching',
    async run(ask) {
      // Long enough for every provider, and like no question before.
      const line = `${crypto.randomUUID()}: the quick brown fox jumps over the lazy dog, and the dog sleeps on. `
      const system = [{ type: 'text', text: line.repeat(150), cache_control: { type: 'ephemeral' } }]
      await ask({ ...PONG, system })
      const { usage = {} } = await ask({ ...PONG, system })
      const read = usage.cacheRead ?? 0
      return read ? yes(`${read} of ${totalInput(usage)} tokens`) : unsure('the second question read nothing from the cache')
    },
  },
  {
    name: 'token-counting',
    async run(ask) {
      const question = { ...PONG, system: 'You are a helpful assistant. '.repeat(40) }
      const [counted, answer] = await Promise.all([ask.count(question), ask(question)])
      const billed = answer.usage && totalInput(answer.usage)
      return billed ? yes(`counted ${counted}, billed ${billed}`) : unsure(`counted ${counted}; the provider told no usage`)
    },
  },
]
