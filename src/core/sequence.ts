/**
 * One open part at a time, for protocols whose streams cannot interleave parts (Claude, Gemini).
 *
 * @module
 */
import type { Emit, StreamEvent } from './reply.ts'

/**
 * Passes events on so that each part is closed before the next one opens. Events of parts that opened while another was
 * still open wait for their turn; a stream that does not interleave is never held back.
 */
export function createSequencer(emit: Emit): Emit {
  let open = -1
  const waiting = new Map<number, StreamEvent[]>()

  const letNextIn = () => {
    for (const [index, events] of waiting) {
      if (open >= 0) return
      waiting.delete(index)
      open = index
      for (const event of events) {
        emit(event)
        if (event.type === 'part-end') open = -1
      }
    }
  }
  return (event) => {
    switch (event.type) {
      case 'part-start':
        if (open >= 0) return void waiting.set(event.index, [event])
        open = event.index
        return emit(event)
      case 'delta':
      case 'logprobs':
      case 'citation':
        if (event.index === open) return emit(event)
        return void waiting.get(event.index)?.push(event)
      case 'part-end':
        if (event.index !== open) return void waiting.get(event.index)?.push(event)
        open = -1
        emit(event)
        return letNextIn()
      case 'error':
        waiting.clear()
        return emit(event)
      default:
        return emit(event)
    }
  }
}
