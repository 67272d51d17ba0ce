/**
 * The computer toolset: one entry of `tools` that stands for a family of tools which the client runs. Other models are
 * offered each member as a function, under the family's name and its own; calls come back as the member's.
 *
 * @see https://platform.claude.com/docs/en/agents-and-tools/tool-use/computer-use-tool
 * @module
 */
import type { ChatRequest, FunctionTool, Tool } from '../../core/chat.ts'
import { isObject, objectOf, pointer, restOf, type JsonObject } from '../../core/json.ts'
import { decodeCache } from './cache.ts'
import { spell } from './wire.ts'

const TYPE = /^computer_toolset_\d{8}$/
const FAMILY = 'computer'

const number = { type: 'number' }
const point = (description: string) => ({ type: 'array', items: number, minItems: 2, maxItems: 2, description })
const place = point('x and y in pixels, from the upper left corner. Default: where the cursor is.')
const held = { type: 'string', description: 'Keys to hold down meanwhile, such as "ctrl+shift".' }
const seconds = { duration: { type: 'number', description: 'Seconds.' } }

interface Member {
  description: string
  properties?: JsonObject
  required?: string[]
}
const click = (what: string): Member => ({
  description: `${what} at a place on the screen.`,
  properties: { coordinate: place, text: held },
})

const MEMBERS: Record<string, Member> = {
  screenshot: { description: 'Takes a picture of the screen.' },
  cursor_position: { description: 'Tells where the cursor is.' },
  mouse_move: { description: 'Moves the cursor.', properties: { coordinate: point('Where to, in pixels.') }, required: ['coordinate'] },
  left_click: click('Clicks'),
  right_click: click('Clicks with the right button'),
  middle_click: click('Clicks with the middle button'),
  double_click: click('Clicks twice'),
  triple_click: click('Clicks three times'),
  left_click_drag: {
    description: 'Drags with the left button.',
    properties: { start_coordinate: point('Where from, in pixels.'), coordinate: point('Where to, in pixels.'), text: held },
    required: ['coordinate', 'start_coordinate'],
  },
  left_mouse_down: { description: 'Presses the left button where the cursor is.' },
  left_mouse_up: { description: 'Releases the left button.' },
  scroll: {
    description: 'Scrolls.',
    properties: {
      coordinate: place,
      scroll_direction: { type: 'string', enum: ['up', 'down', 'left', 'right'] },
      scroll_amount: { type: 'number', description: 'Clicks of the wheel.' },
      text: held,
    },
    required: ['scroll_amount', 'scroll_direction'],
  },
  type: { description: 'Types a text.', properties: { text: { type: 'string' } }, required: ['text'] },
  key: {
    description: 'Presses a key or a combination of keys, such as "Return" or "ctrl+s".',
    properties: { text: { type: 'string' }, repeat: { type: 'number', description: 'How often. Default 1.' } },
    required: ['text'],
  },
  hold_key: {
    description: 'Holds a key down.',
    properties: { text: { type: 'string' }, ...seconds },
    required: ['duration', 'text'],
  },
  wait: { description: 'Waits.', properties: seconds, required: ['duration'] },
  zoom: {
    description: 'Takes a picture of a part of the screen, in full resolution.',
    properties: { region: { type: 'array', items: number, minItems: 4, maxItems: 4, description: 'x0, y0, x1 and y1 in pixels.' } },
    required: ['region'],
  },
}

const TOOLSET = new Set(['type', 'configs', 'cache_control'])

/** The members that the toolset offers; `undefined` where the tool is no such toolset. */
export function toolsetTools(wire: JsonObject, at: string): FunctionTool[] | undefined {
  if (typeof wire.type !== 'string' || !TYPE.test(wire.type)) return undefined
  const configs = objectOf(wire.configs) ?? {}
  const { cache, unknown } = decodeCache(wire)
  const offered = Object.keys(MEMBERS).filter((name) => objectOf(configs[name])?.enabled !== false)
  return offered.map((name, i) => {
    const { description, properties = {}, required } = MEMBERS[name]!
    const config = objectOf(configs[name])
    // what is said of the whole is said of its first member, which is written back for all
    const more = i === 0 ? { ...restOf(wire, TOOLSET), ...unknown, ...unknownMembers(configs) } : restOf(config ?? {}, new Set(['enabled']))
    const tool: FunctionTool = {
      type: 'function',
      name: `${FAMILY}__${name}`,
      description,
      parameters: { type: 'object', properties, ...(required && { required }) },
      at: i === 0 ? at : pointer(pointer(at, 'configs'), name),
      ...(i === 0 && cache && { cache }),
      ...(more && Object.keys(more).length > 0 && { extra: { claude: more } }),
    }
    return spell(tool, { toolset: i === 0 ? wire : null, member: name })
  })
}

const unknownMembers = (configs: JsonObject): JsonObject | undefined =>
  Object.keys(configs).some((name) => !Object.hasOwn(MEMBERS, name)) ? { configs } : undefined

/** A member of a toolset as the wire has it: the whole set for the first, nothing for the others; `undefined` for all other tools. */
export function wireToolset(tool: FunctionTool): JsonObject[] | undefined {
  const spelled = tool.spelling?.claude
  if (spelled?.member === undefined) return undefined
  return isObject(spelled.toolset) ? [spelled.toolset] : []
}

/** A call of a member, with the name that is its own in all protocols. */
export const familyName = (name: string, toolset: unknown): string => (toolset === FAMILY ? `${FAMILY}__${name}` : name)

/** The wire's fields of a call of a member, where the client offered its toolset. */
export function memberFields(name: string, { tools }: ChatRequest): JsonObject | undefined {
  if (!name.startsWith(`${FAMILY}__`)) return undefined
  const isMember = (tool: Tool) => tool.type === 'function' && tool.name === name && tool.spelling?.claude?.member !== undefined
  return tools.some(isMember) ? { name: name.slice(FAMILY.length + 2), toolset_name: FAMILY } : undefined
}
