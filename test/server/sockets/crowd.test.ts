/** Many streams at once, over real sockets, while members of the pool die under them; and many requests over the same connections. */
import http from 'node:http'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ask, CASES, head, keepAccount, openServer, openUpstream, until, well, WIRE, type Call } from './scene.ts'

const STREAMS = 200

let account: ReturnType<typeof keepAccount>
const toClose: { close(): Promise<void> }[] = []
beforeEach(() => void (account = keepAccount()))
afterEach(async () => {
  for (const opened of toClose.splice(0)) await opened.close()
  await until(() => expect(account.left()).toEqual([]))
  account.close()
})

test.each(CASES)(`${STREAMS} streams whose providers die have an end each, over the $which fetch from $wire`, async (scene) => {
  const { begin, word, end } = WIRE[scene.wire]
  const finish = ({ res }: Call) => void res.end(word('last') + end)
  let isLate = false
  // Half of the calls get the beginning of an answer, the others wait for it; those that come after the deaths are answered at once.
  const upstreams = await Promise.all(
    Array.from({ length: 4 }, () =>
      openUpstream((call, index) => {
        if (isLate) well(scene.wire)(call)
        else if (index % 2) head(call.res).write(begin + word('first'))
      }),
    ),
  )
  const server = await openServer(scene, upstreams, {}, { strategy: 'round_robin', affinity: false })
  toClose.push(server)
  const answers = Array.from({ length: STREAMS }, () => ask(server.port).text())
  await until(() => expect(upstreams.flatMap(({ calls }) => calls).length).toBe(STREAMS))

  isLate = true
  const [first, second, ...alive] = upstreams
  const doomed = [first!, second!].flatMap(({ calls }) => calls)
  first!.die()
  second!.die()
  for (const { calls } of alive)
    calls.forEach((call, index) => {
      if (index % 2) finish(call)
      else well(scene.wire)(call)
    })

  const texts = await Promise.all(answers)
  for (const text of texts) expect(text.match(/event: (message_stop|error)\n/g)).toHaveLength(1)
  for (const text of texts) expect(text.match(/event: message_start\n/g)).toHaveLength(1)
  const broken = texts.filter((text) => text.includes('event: error\n'))
  // Whoever had read nothing yet has the answer of another provider.
  expect(broken.length).toBe(doomed.filter((_, index) => index % 2).length)
  expect(account.timers()).toBe(0)
})

test.each(CASES)(
  'requests one after another leave nothing behind on their connections, over the $which fetch from $wire',
  async (scene) => {
    const upstream = await openUpstream(well(scene.wire))
    const server = await openServer(scene, [upstream])
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
    toClose.push(server, { close: () => Promise.resolve(agent.destroy()) })
    const listeners = () =>
      [...account.sockets]
        .filter(({ destroyed }) => !destroyed)
        .map((socket) => socket.eventNames().reduce((sum, name) => sum + socket.listenerCount(name), 0))
        .reduce((sum, count) => sum + count, 0)
    const round = async (times: number) => {
      for (let i = 0; i < times; i++) await ask(server.port, { agent }).text()
      await until(() => expect(account.timers()).toBe(0))
      return { listeners: listeners(), sockets: [...account.sockets].filter(({ destroyed }) => !destroyed).length }
    }
    const before = await round(5)
    expect(await round(50)).toEqual(before)
    expect(account.sockets.size).toBe(4)
  },
)
