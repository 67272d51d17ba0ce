/** Streams as providers and the way from them break them. */
import fc, { type Arbitrary } from 'fast-check'
import type { ProtocolName } from '../../../src/core/chat.ts'
import { isObject, tryParse } from '../../../src/core/json.ts'
import { FINISHES } from '../streamed.ts'
import { is, many } from './common.ts'

export interface Broken {
  text: string
  /** It ends before the provider said that the answer is complete. */
  cut: boolean
  /** It tells of an error before that. */
  failed: boolean
}

/** What may come between two events and says nothing. */
const GARBAGE = [
  ': ping\n\n',
  'event: ping\ndata: {"type":"ping"}\n\n',
  'data: {"type":"from.the.future","sequence_number":7}\n\n',
  'event: from_the_future\ndata: {}\n\n',
  'data: {"choices":[]}\n\n',
  'data: {not json\n\n',
  'id: 7\nretry: 100\n\n',
  '\n\n',
  'data: null\n\n',
  'data: "text"\n\n',
  'data: []\n\n',
]

const ERRORS: Record<ProtocolName, string[]> = {
  claude: ['event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n'],
  openai: ['data: {"error":{"message":"Overloaded","type":"server_error","code":503}}\n\n', 'data: {"error":"Overloaded"}\n\n'],
  'openai-responses': [
    'event: error\ndata: {"type":"error","code":"server_error","message":"Overloaded","param":null,"sequence_number":9}\n\n',
    'event: response.failed\ndata: {"type":"response.failed","response":{"id":"resp_1","status":"failed","error":{"code":"server_error","message":"Overloaded"},"output":[]}}\n\n',
  ],
  gemini: ['data: {"error":{"code":503,"message":"Overloaded","status":"UNAVAILABLE"}}\r\n\r\n'],
}

interface Damage {
  garbage: { at: number; event: string }[]
  error?: { at: number; event: string }
  /** Events that come twice, and that never come; never the one that says how the answer ends. */
  doubled: number[]
  lost: number[]
  repeats: number
  cut?: number
}

const place = fc.double({ min: 0, max: 1, noNaN: true })
const damage = (protocol: ProtocolName): Arbitrary<Damage> =>
  fc.record(
    {
      garbage: many(fc.record({ at: place, event: is(...GARBAGE) }), 3),
      doubled: many(place, 2),
      lost: many(place, 2),
      repeats: is(0, 1, 2),
      error: fc.record({ at: place, event: is(...ERRORS[protocol]) }),
      cut: place,
    },
    { requiredKeys: ['garbage', 'doubled', 'lost', 'repeats'] },
  )

/** The stream with events doubled and lost, nonsense between them, an error, its last events repeated, or its end missing. */
export function broken(protocol: ProtocolName, stream: string): Arbitrary<Broken> {
  const events = stream.match(/[^]*?(?:\r\n\r\n|\n\n)/g) ?? []
  const isFinish = (event: string) => {
    const json = tryParse(/^data: ([^\r\n]*)/m.exec(event)?.[1] ?? '')
    return isObject(json) && FINISHES[protocol](json)
  }
  return damage(protocol).map(({ garbage, error, doubled, lost, repeats, cut }) => {
    const list = [...events, ...(repeats ? events.slice(-repeats) : [])]
    const pick = (at: number) => Math.floor(at * list.length)
    for (const at of doubled) list.splice(pick(at), 0, list[pick(at)]!)
    for (const at of lost) if (!isFinish(list[pick(at)]!)) list.splice(pick(at), 1)
    for (const { at, event } of garbage) list.splice(pick(at), 0, event)
    const finish = () => list.findIndex(isFinish)
    let failed = false
    if (error) {
      const at = pick(error.at)
      failed = at <= finish()
      list.splice(at, 0, error.event)
    }
    const whole = list.join('')
    const end = finish()
    const before = list.slice(0, end).join('').length
    const length = cut === undefined ? whole.length : Math.floor(cut * whole.length)
    const cutOff = length < before + list[end]!.trimEnd().length
    return { text: whole.slice(0, length), cut: cutOff, failed: failed && !cutOff }
  })
}
