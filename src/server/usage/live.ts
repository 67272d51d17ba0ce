/**
 * Records as they come, by server-sent events. A viewer that reads slowly misses some and is told how many: whatever it does, it costs no
 * more memory than a few hundred records that others look at, too.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 *
 * @module
 */
import type { Clock } from '../../core/clock.ts'
import { fail } from '../../core/failure.ts'
import type { ExchangeRecord } from '../../accounts/ledger/record.ts'
import { fitting } from '../../accounts/ledger/select.ts'
import type { Live, UsageSource } from './source.ts'
import { withoutBodies } from './told.ts'

export interface LiveOptions {
  source: UsageSource
  clock: Clock
  /** `false` once the server is about to close: streams end then. */
  isOpen(): boolean
  /** How many records wait for a viewer. Default 256. */
  kept?: number
  /** How many streams one viewer may have. Default 8. */
  perViewer?: number
}

interface Viewer {
  name: string
  offer(record: ExchangeRecord): void
  beat(): void
  end(): void
}

const TICK_MS = 1000
/** Proxies cut what is silent for a minute, some for half of one. */
const BEAT_TICKS = 15

export function createLive({ source, clock, isOpen, kept = 256, perViewer = 8 }: LiveOptions): Live {
  const viewers = new Set<Viewer>()
  let stop: (() => void) | undefined
  let ticks = 0
  const tick = () => {
    if (!isOpen()) return viewers.forEach((viewer) => viewer.end())
    if (++ticks % BEAT_TICKS === 0) viewers.forEach((viewer) => viewer.beat())
    cancelTick = clock.after(TICK_MS, tick)
  }
  let cancelTick = () => {}
  const enter = (viewer: Viewer) => {
    viewers.add(viewer)
    if (stop) return
    cancelTick = clock.after(TICK_MS, tick)
    stop = source.listen((event) => {
      if (event.type === 'ended' && event.record) for (const each of viewers) each.offer(event.record)
    })
  }
  const leave = (viewer: Viewer) => {
    viewers.delete(viewer)
    if (viewers.size) return
    cancelTick()
    stop?.()
    stop = undefined
  }
  return {
    open(name, filter, told) {
      if ([...viewers].filter((viewer) => viewer.name === name).length >= perViewer)
        fail({
          kind: 'rate-limit',
          status: 429,
          message: `There are ${perViewer} live streams open already. Close one first.`,
          retryAfter: 1,
        })
      const body = streamTo((viewer) => ({ ...viewer, name }), { enter, leave, kept, wants: fitting(filter), told })
      return new Response(body, {
        headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
      })
    },
  }
}

interface StreamParts {
  enter(viewer: Viewer): void
  leave(viewer: Viewer): void
  kept: number
  wants(record: ExchangeRecord): boolean
  told(record: ExchangeRecord): ExchangeRecord
}

function streamTo(
  named: (viewer: Omit<Viewer, 'name'>) => Viewer,
  { enter, leave, kept, wants, told }: StreamParts,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  const queue: ExchangeRecord[] = []
  let missed = 0
  let isReading = false
  let viewer: Viewer
  /** What is next to tell; nothing where all is told. */
  const next = (): string | undefined => {
    if (missed) {
      const text = `event: missed\ndata: {"count":${missed}}\n\n`
      missed = 0
      return text
    }
    const record = queue.shift()
    return record && `id: ${record.id}\nevent: request\ndata: ${JSON.stringify(told(withoutBodies(record)))}\n\n`
  }
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const write = (text: string | undefined) => {
          if (text === undefined) return
          isReading = false
          controller.enqueue(encoder.encode(text))
        }
        viewer = named({
          offer(record) {
            if (!wants(record)) return
            if (queue.push(record) > kept) {
              queue.shift()
              missed++
            }
            if (isReading) write(next())
          },
          beat: () => isReading && write(': beat\n\n'),
          end() {
            leave(viewer)
            controller.close()
          },
        })
        enter(viewer)
        // The head of the answer goes out with the first words.
        write(': live\n\n')
      },
      pull(controller) {
        const text = next()
        isReading = text === undefined
        if (text !== undefined) controller.enqueue(encoder.encode(text))
      },
      cancel: () => leave(viewer),
    },
    { highWaterMark: 0 },
  )
}
