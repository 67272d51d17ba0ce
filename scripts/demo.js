/**
 * The main job, to look at: Anthropic's SDK asks, an OpenAI-format and then a Gemini-format provider answer, streamed, with a tool call.
 * Providers whose keys are in the environment are asked; for the others the built-in demo stands in.
 *
 *     npm install && npm run build && npm run demo
 */
import Anthropic from '@anthropic-ai/sdk'
import { endpoint, outcomeOf } from 'cc-route'
import { createDemo, readEnvironment } from 'cc-route/server'

const TITLES = { openai: 'OpenAI Chat Completions', gemini: 'Gemini' }
const INDENT = 18
const WIDTH = Math.max(60, (process.stdout.columns ?? 140) - INDENT - 1)

const colour = process.stdout.isTTY && !process.env['NO_COLOR']
/** @param {number} code @param {string} text */
const paint = (code, text) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text)
/** @param {string} text */
const indented = (text) => text.replaceAll('\n', `\n${' '.repeat(INDENT)}`)
/** @param {string} name */
const label = (name) => paint(2, name.padEnd(INDENT))
/** @param {unknown} value */
const short = (value) => {
  const json = JSON.stringify(value)
  return json.length > WIDTH ? `${json.slice(0, WIDTH)}…` : json
}

/** @type {Anthropic.Tool[]} */
const tools = [
  {
    name: 'get_weather',
    description: 'The weather in a city, now',
    input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
]

const found = readEnvironment(process.env)?.endpoints ?? []
const demo = createDemo({ delayMs: 20 })

for (const protocol of /** @type {const} */ (['openai', 'gemini'])) await converse(protocol)

/** @param {keyof typeof TITLES} protocol */
async function converse(protocol) {
  const provider = found.find((named) => named.protocol === protocol)
  const options = provider ?? { protocol, baseUrl: 'https://demo.invalid', model: 'demo' }
  const answerer = provider ? `${provider.name}, ${provider.model}` : 'the built-in demo, since there is no key'
  console.log(`\n${paint(1, `Claude Messages ⇄ ${TITLES[protocol]}`)}   ${paint(2, `(${answerer})`)}\n`)

  const app = endpoint({ ...options, fetch: shown(provider ? fetch : demo) })
  /** @type {Response | undefined} */
  let answer
  const claude = new Anthropic({ apiKey: 'unused', fetch: async (input, init) => (answer = await app(input, init)) })

  /** @type {Anthropic.MessageParam[]} */
  const messages = [{ role: 'user', content: 'How is the weather in Paris? Use the tool.' }]
  for (let turn = 0; turn < 4; turn++) {
    console.log(label('client sends') + short(messages.at(-1)))
    const stream = claude.messages.stream({ model: 'claude-sonnet-5', max_tokens: 1024, messages, tools })
    let events = 0
    stream.on('streamEvent', (event) => {
      if (++events === 1) process.stdout.write(label('client receives'))
      if (event.type === 'content_block_start' && event.content_block.type === 'tool_use')
        process.stdout.write(paint(33, `${event.content_block.name} `))
    })
    stream.on('text', (text) => process.stdout.write(paint(36, indented(text))))
    stream.on('inputJson', (json) => process.stdout.write(paint(33, json)))
    const message = await stream.finalMessage()
    const outcome = answer && outcomeOf(answer)
    const { input_tokens: input, output_tokens: output } = message.usage
    console.log(`\n${label('')}${paint(2, `${events} events, stop reason ${message.stop_reason}, ${input} tokens in, ${output} out`)}`)
    for (const { action, path, reason } of outcome?.notices ?? []) console.log(label('notice') + paint(2, `${action} ${path}: ${reason}`))
    console.log()

    messages.push({ role: 'assistant', content: message.content })
    const calls = message.content.filter((block) => block.type === 'tool_use')
    if (!calls.length) return
    messages.push({ role: 'user', content: calls.map(({ id }) => ({ type: 'tool_result', tool_use_id: id, content: 'Sunny, 24 °C' })) })
  }
}

/**
 * A fetch that shows what the provider gets, and what it begins its answer with.
 *
 * @param {import('cc-route').Fetch} call
 * @returns {import('cc-route').Fetch}
 */
function shown(call) {
  return async (input, init) => {
    const { pathname, search } = new URL(input instanceof Request ? input.url : input)
    console.log(`${label('provider gets')}POST ${pathname}${search}`)
    console.log(label('') + short(JSON.parse(typeof init?.body === 'string' ? init.body : '{}')))
    const response = await call(input, init)
    if (!response.ok || !response.body) return response
    const [kept, seen] = response.body.tee()
    console.log(label('provider answers') + short(await firstEvent(seen)))
    return new Response(kept, response)
  }
}

/** @param {ReadableStream<Uint8Array>} stream */
async function firstEvent(stream) {
  const decoder = new TextDecoder()
  const reader = stream.getReader()
  let text = ''
  for (;;) {
    const { done, value } = await reader.read()
    text += decoder.decode(value, { stream: true })
    const data = /^data: (.*)\r?\n\r?\n/m.exec(text)?.[1]
    if (!data && !done) continue
    // Not awaited: half of a stream is only cancelled once the other half is, too.
    void reader.cancel()
    return data && JSON.parse(data)
  }
}
