/**
 * A call of a stream, read: it begins once its name and id are known.
 *
 * @module
 */
import type { ToolCallPart } from '../../core/chat.ts'
import { stringOf, type JsonObject } from '../../core/json.ts'
import type { Emit } from '../../core/reply.ts'
import { flatName } from './decode-tools.ts'
import { same, type ItemReader, type PartCounter } from './item-reader.ts'
import { keep } from './wire.ts'

export function readCall(item: JsonObject, emit: Emit, counter: PartCounter): ItemReader {
  const custom = item.type === 'custom_tool_call'
  let index = -1
  let told = 0
  let open = true
  let waiting = ''
  let known = item
  const start = (from: JsonObject) => {
    const id = stringOf(from.call_id) ?? stringOf(from.id)
    const name = stringOf(from.name)
    if (index >= 0 || id === undefined || name === undefined) return
    known = from
    index = counter.next++
    counter.call = true
    const { type: _type, call_id: _callId, name: _name, namespace, arguments: _arguments, input: _input, ...rest } = from
    const fields = namespace === undefined ? {} : { name, namespace }
    const part: ToolCallPart = {
      type: 'tool-call',
      id,
      name: flatName(name, stringOf(namespace)),
      ...(custom && { custom }),
      ...keep({ ...rest, ...('status' in rest && { status: 'completed' }) }, { fields }),
    }
    emit({ type: 'part-start', index, part })
    if (waiting) emit({ type: 'delta', index, text: waiting })
    waiting = ''
  }
  const tell = (text: string) => {
    if (!text || !open) return
    told += text.length
    if (index < 0) waiting += text
    else emit({ type: 'delta', index, text })
  }
  const close = () => {
    if (!open) return
    open = false
    if (index >= 0) emit({ type: 'part-end', index })
  }
  return {
    added: start,
    delta: (_type, _event, text) => tell(text),
    other(type, event) {
      if (type === 'response.function_call_arguments.done') tell((stringOf(event.arguments) ?? '').slice(told))
      else if (type === 'response.custom_tool_call_input.done') tell((stringOf(event.input) ?? '').slice(told))
    },
    done(finished) {
      start({ ...item, ...finished })
      tell((stringOf(custom ? finished.input : finished.arguments) ?? '').slice(told))
      close()
    },
    close,
    is: (other) => same(known, other),
  }
}
