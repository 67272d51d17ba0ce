/**
 * What a choice of tools names, among those on offer.
 *
 * @module
 */
import type { HostedTool, Tool, ToolChoice } from './chat.ts'
import type { Notes } from './notice.ts'

/** A tool that the client runs is on offer under this name. */
export const isOffered = (name: string, tools: Tool[]): boolean => tools.some((tool) => tool.type !== 'hosted' && tool.name === name)

/** OpenAI's search of the web has several names, and may be chosen by another than it is offered under. */
const SEARCH = /^web_search(?:_preview)?(?:_\d{4}_\d{2}_\d{2})?$/

/** The provider's own tool that a choice of this name means. */
export function hostedNamed(name: string, tools: Tool[]): HostedTool | undefined {
  const hosted = tools.filter((tool) => tool.type === 'hosted')
  return (
    hosted.find(({ value }) => [value.name, value.server_label, value.type].includes(name)) ??
    (SEARCH.test(name) ? hosted.find(({ kind }) => kind === 'web-search') : undefined)
  )
}

/** Whether a choice of allowed tools lets this one be called. */
export const isAllowed = (tool: Tool, names: readonly string[]): boolean =>
  tool.type === 'hosted' ? tool.apart === true || names.some((name) => isCalled(tool, name)) : names.includes(tool.name)

const isCalled = ({ value, kind }: HostedTool, name: string): boolean =>
  [value.name, value.server_label, value.type].includes(name) || (kind === 'web-search' && SEARCH.test(name))

/**
 * As much of the choice as can be named to the upstream, which refuses the name of a tool that it is not offered; `undefined` where
 * nothing is left of it.
 */
export function nameable(choice: ToolChoice, canName: (name: string) => boolean, notes: Notes): ToolChoice | undefined {
  if (choice.type !== 'tool' && choice.type !== 'allowed') return choice
  const names = choice.type === 'tool' ? [choice.name] : choice.names
  const lost = names.filter((name) => !canName(name))
  if (!lost.length) return choice
  const reason = `${lost.join(', ')} cannot be chosen here by name`
  if (choice.type === 'tool' || lost.length === names.length) {
    notes.dropped(choice, undefined, reason)
    return undefined
  }
  notes.approximated(choice, undefined, `${reason}; the others are`)
  return { ...choice, names: names.filter(canName) }
}
