import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/core/json.ts'
import type { PieceJoiner } from '../../../src/core/protocol.ts'
import { claude } from '../../../src/transformers/claude/index.ts'
import { answer, readStream } from './contexts.ts'

const request = { model: 'claude-sonnet-5', messages: [{ role: 'user', content: 'Go.' }] }
const joining = (fields: JsonObject = {}): PieceJoiner => claude.pieces!.join({ ...request, ...fields })

interface Piece {
  usage?: JsonObject
  container?: JsonObject
  stop: 'pause_turn' | 'end_turn'
}
const whole = ({ usage = {}, container, stop }: Piece): JsonObject => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  content: [{ type: 'text', text: 'a' }],
  stop_reason: stop,
  usage,
  ...(container && { container }),
})
const events = ({ usage = {}, container, stop }: Piece): JsonObject[] => [
  { type: 'message_start', message: { id: 'msg_1', content: [], usage: { ...usage, output_tokens: 1 } } },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: 'a' } },
  { type: 'content_block_stop', index: 0 },
  { type: 'message_delta', delta: { stop_reason: stop, ...(container && { container }) }, usage },
  { type: 'message_stop' },
]

/** What all pieces of an answer used, as a client of another protocol is told. */
const counted: [name: string, count: (pieces: Piece[]) => unknown][] = [
  [
    'whole',
    (pieces) => {
      const joiner = joining()
      const [joined] = pieces.map((piece) => (joiner.next(), joiner.whole(whole(piece)))).slice(-1)
      return claude.decodeReply(joined, answer()).usage
    },
  ],
  [
    'streamed',
    (pieces) => {
      const joiner = joining()
      const joined = pieces.flatMap((piece) => (joiner.next(), events(piece).flatMap((event) => joiner.event(event) ?? [])))
      const finish = readStream([...joined, ...joiner.held()]).at(-1)
      return finish?.type === 'finish' ? finish.usage : undefined
    },
  ],
]

describe.each(counted)('what the pieces used, %s', (_, count) => {
  const round = (input_tokens: number, output_tokens: number, fields: JsonObject = {}) => ({ input_tokens, output_tokens, ...fields })
  const withRounds = (input: number, output: number): JsonObject => ({
    ...round(input, output),
    iterations: [round(input, output, { type: 'message' })],
  })

  it('is the sum where each tells its rounds', () => {
    const pieces: Piece[] = [
      { usage: withRounds(1000, 50), stop: 'pause_turn' },
      { usage: withRounds(2000, 70), stop: 'pause_turn' },
      { usage: withRounds(3000, 1), stop: 'end_turn' },
    ]
    expect(count(pieces.slice(0, 2))).toMatchObject({ input: 3000, output: 120 })
    expect(count(pieces)).toMatchObject({ input: 6000, output: 121 })
  })
  it.each([
    ['the first', withRounds(1000, 50), round(2000, 70)],
    ['the last', round(1000, 50), withRounds(2000, 70)],
    ['neither', round(1000, 50), round(2000, 70)],
  ])('is the sum where %s tells its rounds', (_, first, last) => {
    expect(
      count([
        { usage: first, stop: 'pause_turn' },
        { usage: last, stop: 'end_turn' },
      ]),
    ).toMatchObject({ input: 3000, output: 120 })
  })
  it('has the rounds of each counted as in an answer of its own', () => {
    const compacted = { ...round(10, 5, { cache_read_input_tokens: 7 }), iterations: [round(500, 40, { type: 'compaction' })] }
    const byAnother = { ...round(20, 6), iterations: [round(9, 9, { type: 'message' }), round(20, 6, { type: 'fallback_message' })] }
    expect(
      count([
        { usage: compacted, stop: 'pause_turn' },
        { usage: byAnother, stop: 'end_turn' },
      ]),
    ).toMatchObject({ input: 530, output: 51, cacheRead: 7 })
  })
})

it('a summary goes back as it was told in a stream', () => {
  const block = { type: 'compaction', content: null, encrypted_content: null }
  const told = [
    { type: 'message_start', message: { id: 'msg_1', content: [] } },
    { type: 'content_block_start', index: 0, content_block: block },
    { type: 'content_block_delta', index: 0, delta: { type: 'compaction_delta', content: 'So far.', encrypted_content: 'c2VhbGVk' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 'c2ln' } },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'pause_turn' } },
    { type: 'message_stop' },
  ]
  const joiner = joining()
  const joined = told.flatMap((event) => joiner.event(event) ?? [])
  const summary = { type: 'compaction', content: 'So far.', encrypted_content: 'c2VhbGVk', signature: 'c2ln' }
  expect(joiner.next()).toMatchObject({ messages: [...request.messages, { role: 'assistant', content: [summary] }] })
  expect(readStream([...joined, ...joiner.held()])).toContainEqual({
    type: 'part-start',
    index: 0,
    part: { type: 'native', protocol: 'claude', value: summary, at: '/content/0' },
  })
})

describe('the container of a turn that goes on', () => {
  const container = { id: 'container_1', expires_at: '2027-01-01T00:00:00Z' }
  const paused: Piece = { container, stop: 'pause_turn' }
  const skills = [{ type: 'anthropic', skill_id: 'pdf' }]

  it.each([
    ['is that of the answer', {}, 'container_1'],
    ['is that of the answer where none was asked for', { container: null }, 'container_1'],
    ['is the one that was asked for', { container: 'container_0' }, 'container_0'],
    ['keeps its skills', { container: { skills } }, { id: 'container_1', skills }],
    ['keeps its skills, and the id that was asked for', { container: { id: 'container_0', skills } }, { id: 'container_0', skills }],
  ])('%s', (_, asked, wanted) => {
    const joiner = joining(asked)
    joiner.whole(whole(paused))
    expect(joiner.next()).toMatchObject({ container: wanted, messages: [...request.messages, { role: 'assistant' }] })
    const streamed = joining(asked)
    for (const event of events(paused)) streamed.event(event)
    expect(streamed.next()).toMatchObject({ container: wanted })
  })
  it('is known from the beginning of a stream, too, and stays known', () => {
    const joiner = joining()
    joiner.event({ type: 'message_start', message: { id: 'msg_1', container } })
    joiner.event({ type: 'message_delta', delta: { stop_reason: 'pause_turn', container: null } })
    expect(joiner.next()).toMatchObject({ container: 'container_1' })
    joiner.whole(whole({ stop: 'pause_turn' }))
    expect(joiner.next()).toMatchObject({ container: 'container_1' })
  })
  it('is not made up', () => {
    const joiner = joining()
    joiner.whole(whole({ stop: 'pause_turn' }))
    expect(joiner.next()).not.toHaveProperty('container')
  })
})
