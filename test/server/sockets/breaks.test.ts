/** Upstreams that die, hang and vanish, over real sockets: the client has an answer with one end, and nothing is left open. */
import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ask, CASES, head, keepAccount, openServer, openUpstream, until, well, WIRE, type Call, type Case, type Upstream } from './scene.ts'

/** More than the buffers of two sockets hold. */
const LONG = 8 * 1024 * 1024

let account: ReturnType<typeof keepAccount>
const toClose: { close(): Promise<void> }[] = []
beforeEach(() => void (account = keepAccount()))
afterEach(async () => {
  for (const opened of toClose.splice(0)) await opened.close()
  await until(() => expect(account.left()).toEqual([]))
  account.close()
})

/** A server over upstreams that do this, the first one first. */
async function start(scene: Case, answers: ((call: Call) => void)[], timeouts = {}) {
  const upstreams = await Promise.all(answers.map((answer) => openUpstream(answer)))
  const server = await openServer(scene, upstreams, timeouts)
  toClose.push(server)
  return { port: server.port, upstreams: upstreams as [Upstream, Upstream] }
}

const count = (text: string, type: string) => text.split(`event: ${type}\n`).length - 1
/** What a client can tell of an answer: how it began and how it ended. */
const shape = (text: string) => ({ starts: count(text, 'message_start'), ends: count(text, 'message_stop'), errors: count(text, 'error') })
const GOOD = { starts: 1, ends: 1, errors: 0 }
const BROKEN = { starts: 1, ends: 0, errors: 1 }

describe.each(CASES)('over the $which fetch from an upstream of $wire', (scene) => {
  const { begin, word } = WIRE[scene.wire]
  const midway = ({ res }: Call) => void head(res).write(begin + word('half'))
  const silence = () => {}
  /** The global fetch opens the next connection at once in the place of one that broke, and closes it when it has been idle. */
  const spare = scene.which === 'global' ? 1 : 0
  const LATE: [string, (call: Call) => void, object?][] = [
    ['is killed', ({ res }) => res.socket!.resetAndDestroy()],
    ['closes its connection', ({ res }) => res.socket!.end()],
    ['falls silent', silence, { bytesMs: 50 }],
  ]
  const EARLY: [string, (call: Call) => void, object?][] = [
    ['is killed before it answers', ({ res }) => res.socket!.resetAndDestroy()],
    ['is killed behind its headers', ({ res }) => head(res).write(':\n\n', () => res.socket!.resetAndDestroy())],
    ['accepts and never answers', silence, { headersMs: 50 }],
    ['sends its headers and then nothing', ({ res }) => head(res).flushHeaders(), { firstTokenMs: 50 }],
  ]

  test.each(LATE)('an answer whose upstream %s ends in an error', async (_, then, timeouts) => {
    const { port, upstreams } = await start(scene, [midway], timeouts)
    const asked = ask(port)
    let text = ''
    ;(await asked.response).setEncoding('utf8').on('data', (part: string) => (text += part))
    await until(() => expect(text).toContain('half'))
    then(upstreams[0].calls[0]!)
    await once(await asked.response, 'end')
    expect(shape(text)).toEqual(BROKEN)
    await upstreams[0].calls[0]!.gone
    await until(() => expect(account.to(upstreams[0])).toBeLessThanOrEqual(spare))
  })

  test.each(EARLY)('an answer whose upstream %s comes from another one', async (_, then, timeouts) => {
    const { port, upstreams } = await start(scene, [then, well(scene.wire)], timeouts)
    const text = await ask(port).text()
    expect(text).toContain('well')
    expect(shape(text)).toEqual(GOOD)
    await upstreams[0].calls[0]!.gone
    await until(() => expect(account.to(upstreams[0])).toBeLessThanOrEqual(spare))
  })

  test('a question that its upstream does not read goes to another one', async () => {
    const { port, upstreams } = await start(scene, [({ req }) => req.socket.pause(), well(scene.wire)], { headersMs: 100 })
    expect(shape(await ask(port, { padding: LONG }).text())).toEqual(GOOD)
    await until(() => expect(account.to(upstreams[0])).toBeLessThanOrEqual(spare))
    expect(account.first(upstreams[0]).destroyed).toBe(true)
  })

  const STAGES: [string, (call: Call) => void][] = [
    ['before there is an answer', silence],
    ['behind its headers', ({ res }) => head(res).flushHeaders()],
    ['amid it', midway],
    ['while the question is not read', ({ req }) => req.socket.pause()],
  ]
  test.each(STAGES)('a client that leaves %s takes the upstream with it', async (stage, then) => {
    const { port, upstreams } = await start(scene, [then])
    const asked = ask(port, { padding: stage.includes('question') ? LONG : 0 })
    await until(() => expect(upstreams[0].calls.length).toBe(1))
    if (stage === 'amid it') await asked.response
    asked.leave()
    await until(() => expect(account.first(upstreams[0]).destroyed).toBe(true))
    await until(() => expect(account.timers()).toBe(0))
    expect(account.to(upstreams[0])).toBeLessThanOrEqual(spare)
    if (!stage.includes('question')) await upstreams[0].calls[0]!.gone
  })

  test('a client that leaves while its answer is waited for elsewhere asks nobody any more', async () => {
    const { port, upstreams } = await start(scene, [silence, silence], { headersMs: 100 })
    const asked = ask(port)
    await until(() => expect(upstreams[1].calls.length).toBe(1))
    asked.leave()
    await upstreams[1].calls[0]!.gone
    await until(() => expect(account.timers()).toBe(0))
    expect(upstreams.map(({ calls }) => calls.length)).toEqual([1, 1])
  })
})
