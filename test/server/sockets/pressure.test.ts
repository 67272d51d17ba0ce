/** A client that reads slowly, over real sockets: what it does not read stays with the provider. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ask, CASES, head, keepAccount, openServer, openUpstream, until, WIRE } from './scene.ts'

const MB = 1024 * 1024
/** Far more than all buffers on the way hold. */
const ANSWER = 96 * MB

let account: ReturnType<typeof keepAccount>
const toClose: { close(): Promise<void> }[] = []
beforeEach(() => void (account = keepAccount()))
afterEach(async () => {
  for (const opened of toClose.splice(0)) await opened.close()
  await until(() => expect(account.left()).toEqual([]))
  account.close()
})

test.each(CASES)('an answer that is not read does not pile up, over the $which fetch from $wire', async (scene) => {
  const { begin, word, end } = WIRE[scene.wire]
  const words = word('x'.repeat(64 * 1024))
  let written = 0
  let said = 0
  let isFull = false
  const upstream = await openUpstream(({ res }) => {
    const pump = () => {
      isFull = false
      while (written < ANSWER && !isFull) {
        written += words.length
        said++
        isFull = !res.write(words)
      }
      if (written < ANSWER) res.once('drain', pump)
      else res.end(end)
    }
    head(res).write(begin)
    pump()
  })
  const server = await openServer(scene, [upstream])
  toClose.push(server)
  const { response } = ask(server.port)
  const stream = await response
  stream.pause()
  /** Resolves when nothing has flowed for as long as it takes to look some times. */
  const stalled = async () => {
    let before = -1
    let still = 0
    await until(() => {
      still = written === before && isFull ? still + 1 : 0
      before = written
      expect(still).toBeGreaterThanOrEqual(20)
    })
  }
  await stalled()
  const held = written
  // Of it the kernel holds some megabytes in each of four buffers, this process next to nothing.
  expect(held).toBeLessThan(ANSWER / 3)
  const inProcess = [...account.sockets].reduce((sum, socket) => sum + socket.writableLength + socket.readableLength, 0)
  expect(inProcess).toBeLessThan(2 * MB)

  let read = 0
  let tail = ''
  for await (const part of stream as AsyncIterable<Buffer>) {
    read += part.length
    tail = (tail + part.toString('latin1')).slice(-200)
  }
  expect(read).toBeGreaterThan(said * 64 * 1024)
  expect(tail).toContain('message_stop')
})
