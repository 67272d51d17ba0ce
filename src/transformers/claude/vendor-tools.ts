/**
 * Tools that Anthropic defined but the client runs. On the wire they are a type and a name, since Claude knows their
 * schema by heart; other models are told it, and the calls come back under the same name.
 *
 * @see https://platform.claude.com/docs/en/agents-and-tools/tool-use/bash-tool
 * @see https://platform.claude.com/docs/en/agents-and-tools/tool-use/text-editor-tool
 * @see https://platform.claude.com/docs/en/agents-and-tools/tool-use/memory-tool
 * @see https://platform.claude.com/docs/en/agents-and-tools/tool-use/computer-use-tool
 * @module
 */
import type { FunctionTool } from '../../core/chat.ts'
import { numberOf, pointer, readString, restOf, type JsonObject } from '../../core/json.ts'
import { decodeCache } from './cache.ts'
import { locate, spell } from './wire.ts'

interface VendorTool {
  description(wire: JsonObject): string
  parameters(wire: JsonObject): JsonObject
  /** Fields of the wire object that the description tells. */
  told?: readonly string[]
}

const text = (description: string): JsonObject => ({ type: 'string', description })
const integer = (description: string): JsonObject => ({ type: 'integer', description })
const pair = (description: string): JsonObject => ({
  type: 'array',
  items: { type: 'integer' },
  minItems: 2,
  maxItems: 2,
  description,
})
const choice = (values: string[], description: string): JsonObject => ({ type: 'string', enum: values, description })
const object = (properties: JsonObject, required: string[]): JsonObject => ({ type: 'object', properties, required })

const FILE_FIELDS = {
  path: text('Absolute path of the file or directory.'),
  file_text: text('For create: the content of the new file.'),
  old_str: text('For str_replace: the text to replace; it must occur exactly once.'),
  new_str: text('For str_replace: the text to put in its place.'),
  insert_line: integer('For insert: the line after which to insert; 0 is the beginning.'),
  insert_text: text('For insert: the text to insert.'),
  view_range: pair('For view: the first and the last line to show; -1 as the last means to the end.'),
}

const TOOLS: Record<string, VendorTool> = {
  bash: {
    description: () => 'Runs commands in a bash shell whose state is kept between calls.',
    parameters: () =>
      object(
        {
          command: text('The command to run. Required unless the tool is restarted.'),
          restart: { type: 'boolean', description: 'true restarts the shell.' },
        },
        [],
      ),
  },
  text_editor: {
    told: ['max_characters'],
    description: (wire) => {
      const limit = numberOf(wire.max_characters)
      return `Views, creates and edits text files.${limit === undefined ? '' : ` A view shows at most ${limit} characters.`}`
    },
    parameters: (wire) => {
      const { insert_text, ...old } = FILE_FIELDS
      const first = /_2024|_20250124/.test(String(wire.type))
      const commands = ['view', 'create', 'str_replace', 'insert', ...(first ? ['undo_edit'] : [])]
      const fields = first ? { ...old, new_str: text('For str_replace and insert: the new text.') } : { ...old, insert_text }
      return object({ command: choice(commands, 'What to do.'), ...fields }, ['command', 'path'])
    },
  },
  memory: {
    description: () => 'Reads and writes files under /memories, which are kept between conversations.',
    parameters: () =>
      object(
        {
          command: choice(['view', 'create', 'str_replace', 'insert', 'delete', 'rename'], 'What to do.'),
          ...FILE_FIELDS,
          old_path: text('For rename: the present path.'),
          new_path: text('For rename: the new path.'),
        },
        ['command'],
      ),
  },
  computer: {
    told: ['display_width_px', 'display_height_px', 'display_number', 'enable_zoom'],
    description: (wire) => {
      const display = numberOf(wire.display_number)
      const size = `${String(wire.display_width_px)} x ${String(wire.display_height_px)} pixels`
      return `Uses mouse and keyboard of a computer and takes screenshots of it. The screen is ${size}${display === undefined ? '' : `, display number ${display}`}.`
    },
    parameters: (wire) => {
      const actions = ['key', 'type', 'mouse_move', 'left_click', 'left_click_drag', 'right_click', 'middle_click', 'double_click']
      actions.push('screenshot', 'cursor_position')
      if (!/_2024/.test(String(wire.type))) actions.push('left_mouse_down', 'left_mouse_up', 'scroll', 'hold_key', 'wait', 'triple_click')
      if (wire.enable_zoom === true) actions.push('zoom')
      return object(
        {
          action: choice(actions, 'What to do.'),
          coordinate: pair('x and y, in pixels from the upper left corner.'),
          start_coordinate: pair('For left_click_drag: where the drag starts.'),
          text: text('For type: the text; for key and hold_key: the keys; for clicks and scroll: keys to hold meanwhile.'),
          duration: { type: 'number', description: 'For hold_key and wait: seconds.' },
          scroll_direction: choice(['up', 'down', 'left', 'right'], 'For scroll.'),
          scroll_amount: integer('For scroll: the number of clicks of the wheel.'),
          ...(wire.enable_zoom === true && {
            region: { type: 'array', items: { type: 'integer' }, minItems: 4, maxItems: 4, description: 'For zoom: x0, y0, x1, y1.' },
          }),
        },
        ['action'],
      )
    },
  },
}

/** Such a tool as one that any model can call; `undefined` where the type is none of them. */
export function vendorTool(wire: JsonObject, type: string, at: string): FunctionTool | undefined {
  const family = /^(bash|text_editor|memory|computer)_\d{8}$/.exec(type)?.[1]
  const known = family === undefined ? undefined : TOOLS[family]
  if (!known) return undefined
  const { cache } = decodeCache(wire)
  const told = new Set(['type', 'name', 'cache_control', ...(known.told ?? [])])
  const tool: FunctionTool = {
    type: 'function',
    name: readString(wire.name, pointer(at, 'name')),
    description: known.description(wire),
    parameters: known.parameters(wire),
    ...locate(wire, at, told),
    ...(cache && { cache }),
  }
  const fields = { ...wire }
  for (const key in restOf(wire, told)) delete fields[key]
  return spell(tool, { ...fields, description: undefined, input_schema: undefined })
}
