/**
 * Long turns of Claude's own tools: the provider pauses them, and goes on once it is sent what it said so far.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons#pause-turn
 * @module
 */
import { arrayOf, isObject, numberOf, objectOf, stringOf, tryParse, type JsonObject } from '../../core/json.ts'
import type { Pieces } from '../../core/protocol.ts'
import { compacted } from './compaction.ts'
import { addWireUsage, mergeWireUsage, totalWireUsage } from './usage.ts'

/** A tool that the provider runs, or may run: it has a type and no schema. */
const isServerTool = (tool: unknown): boolean =>
  isObject(tool) && typeof tool.type === 'string' && tool.type !== 'custom' && tool.input_schema === undefined

export const pieces: Pieces = {
  expected: (request) => arrayOf(request.tools).some(isServerTool),
  join(request) {
    /** All blocks of the answer so far, and where those of this piece begin. */
    const blocks: JsonObject[] = []
    let first = 0
    const inputs = new Map<number, string>()
    let begun = false
    let paused = false
    let earlier: JsonObject | undefined
    let counts: JsonObject | undefined
    let end: JsonObject[] = []
    let container: string | undefined

    const place = (event: JsonObject): number => first + (numberOf(event.index) ?? 0)
    const noteContainer = (holder: unknown): void => {
      container = stringOf(objectOf(objectOf(holder)?.container)?.id) ?? container
    }
    const summed = (): JsonObject | undefined => (earlier && counts ? sumOf(earlier, counts) : counts)
    return {
      event(event) {
        switch (event.type) {
          case 'message_start':
            end = []
            counts = mergeWireUsage(counts, objectOf(event.message)?.usage)
            noteContainer(event.message)
            if (begun) return undefined
            begun = true
            return event
          case 'content_block_start':
            blocks[place(event)] = { ...objectOf(event.content_block) }
            return { ...event, index: place(event) }
          case 'content_block_delta':
            grow(blocks[place(event)], objectOf(event.delta) ?? {}, place(event), inputs)
            return { ...event, index: place(event) }
          case 'content_block_stop': {
            const block = blocks[place(event)]
            const input = inputs.get(place(event))
            if (block && input) block.input = tryParse(input) ?? block.input
            return { ...event, index: place(event) }
          }
          case 'message_delta': {
            counts = mergeWireUsage(counts, event.usage)
            noteContainer(event.delta)
            const told = earlier ? { ...event, usage: summed() } : event
            paused = objectOf(event.delta)?.stop_reason === 'pause_turn'
            if (!paused) return told
            end = [told]
            return undefined
          }
          case 'message_stop':
            if (!paused) return event
            end.push(event)
            return undefined
          default:
            return event
        }
      },
      whole(piece) {
        counts = mergeWireUsage(undefined, piece.usage)
        noteContainer(piece)
        blocks.push(...arrayOf(piece.content).filter(isObject))
        paused = piece.stop_reason === 'pause_turn'
        return { ...piece, content: [...blocks], usage: summed() ?? piece.usage }
      },
      next() {
        if (!paused) return undefined
        paused = false
        earlier = summed()
        counts = undefined
        first = blocks.length
        inputs.clear()
        const messages = [...arrayOf(request.messages), { role: 'assistant', content: [...blocks] }]
        return { ...request, ...containerOf(request.container, container), messages }
      },
      held: () => end,
    }
  },
}

/** A block as it will have to be sent back. */
function grow(block: JsonObject | undefined, delta: JsonObject, at: number, inputs: Map<number, string>): void {
  if (!block) return
  switch (delta.type) {
    case 'text_delta':
      block.text = `${stringOf(block.text) ?? ''}${stringOf(delta.text) ?? ''}`
      break
    case 'thinking_delta':
      block.thinking = `${stringOf(block.thinking) ?? ''}${stringOf(delta.thinking) ?? ''}`
      break
    case 'signature_delta':
      block.signature = delta.signature
      break
    case 'citations_delta':
      block.citations = [...arrayOf(block.citations), delta.citation]
      break
    case 'compaction_delta':
      Object.assign(block, compacted(block, delta))
      break
    case 'input_json_delta':
      inputs.set(at, `${inputs.get(at) ?? ''}${stringOf(delta.partial_json) ?? ''}`)
  }
}

/** A piece may tell its rounds and another not: the sum has them in its totals, and an empty list in place of those told before. */
const sumOf = (one: JsonObject, other: JsonObject): JsonObject => ({
  ...addWireUsage(totalWireUsage(one), totalWireUsage(other)),
  iterations: [],
})

/** Where code of the provider's own goes on: what it made so far is in the container of the piece before. */
function containerOf(asked: unknown, id: string | undefined): JsonObject {
  if (id === undefined || typeof asked === 'string') return {}
  if (!isObject(asked)) return { container: id }
  return { container: { ...asked, id: asked.id ?? id } }
}
