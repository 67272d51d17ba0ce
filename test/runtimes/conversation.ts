import { readEvents } from 'cc-route/testing'
import { expect, test } from 'vitest'

const post = (url: string, body: unknown, init?: RequestInit) =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body), ...init })

const user = [{ role: 'user', content: 'Hello there, Grüße 👋' }]

/** The same checks on every runtime. `at` gives the server's address, which is known only when it runs. */
export function testConversations(at: () => string): void {
  test('a Claude client gets a stream', async () => {
    const response = await post(`${at()}/v1/messages`, { model: 'claude-sonnet-5', max_tokens: 500, stream: true, messages: user })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/)
    const events = await readEvents(response)
    expect(events[0]?.event).toBe('message_start')
    expect(events.at(-1)?.event).toBe('message_stop')
    expect(JSON.stringify(events)).toContain('👋')
  })

  test('an OpenAI client gets a stream', async () => {
    const response = await post(`${at()}/v1/chat/completions`, { model: 'gpt-5.4', stream: true, messages: user })
    const events = await readEvents(response)
    expect(events.at(-1)?.data).toBe('[DONE]')
    expect(events.at(-2)?.data).toMatchObject({ object: 'chat.completion.chunk' })
  })

  test('a Gemini client gets a whole answer', async () => {
    const response = await post(`${at()}/v1beta/models/gemini-3-pro:generateContent`, {
      contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
    })
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ candidates: [{ content: { role: 'model' }, finishReason: 'STOP' }] })
  })

  test('a Claude client gets the call of its tool', async () => {
    const tools = [{ name: 'get_time', input_schema: { type: 'object', properties: { zone: { type: 'string' } }, required: ['zone'] } }]
    const response = await post(`${at()}/v1/messages`, { model: 'claude-sonnet-5', max_tokens: 500, messages: user, tools })
    expect(await response.json()).toMatchObject({ stop_reason: 'tool_use', content: [{ type: 'tool_use', name: 'get_time' }] })
  })

  test('a mistake is told in the client’s own format', async () => {
    const response = await post(`${at()}/v1/messages`, { model: 'claude-sonnet-5', max_tokens: 'many', messages: user })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ type: 'error', error: { type: 'invalid_request_error' } })
  })

  test('a client may go away amid a stream', async () => {
    const leave = new AbortController()
    const body = { model: 'claude-sonnet-5', max_tokens: 500, stream: true, messages: user }
    const response = await post(`${at()}/v1/messages`, body, { signal: leave.signal })
    await response.body?.getReader().read()
    leave.abort()
    const after = await post(`${at()}/v1/chat/completions`, { model: 'gpt-5.4', messages: user })
    expect(after.status).toBe(200)
  })
}
