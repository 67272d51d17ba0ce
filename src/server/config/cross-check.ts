/**
 * Mistakes that no field has alone: names that lead nowhere, names twice, circles.
 *
 * @module
 */
import { aliasesOf } from '../../router/routing/models.ts'
import { isLoopback } from '../safety/guard.ts'
import { backupProblems } from './backup-schema.ts'
import type { Path, Problem } from './problem.ts'
import type { SettledConfig } from './settle.ts'
import { didYouMean } from './suggest.ts'
import { namesIn, readTarget, targetsIn } from './targets.ts'

/** What cannot work. */
export function crossCheck({ endpoints, server, groups = {}, pools = {}, routes = {}, backup = {} }: SettledConfig): Problem[] {
  const names = [...Object.keys(endpoints), ...Object.keys(pools)]
  const problems: Problem[] = backupProblems(backup)
  const report = (path: Path, message: string) => problems.push({ path, message })

  if (!Object.keys(endpoints).length)
    report(['endpoints'], 'expected at least one endpoint. { "openai": { "apiKey": "$OPENAI_API_KEY" } } is one')
  else if (Object.values(endpoints).every(({ enabled }) => enabled === false))
    report(['endpoints'], 'all endpoints are switched off. Remove "enabled": false from one')

  const seen = new Map<string, string>()
  for (const [section, name] of [
    ...Object.keys(endpoints).map((name) => ['endpoints', name]),
    ...Object.keys(pools).map((name) => ['pools', name]),
  ] as [string, string][]) {
    const before = seen.get(name.toLowerCase())
    if (before !== undefined)
      report(
        [section, name],
        `there is another one called ${JSON.stringify(before)}. Names differ in more than capitals, of endpoints and pools alike`,
      )
    seen.set(name.toLowerCase(), name)
  }

  const check = (text: string, path: Path): string | undefined => {
    const found = readTarget(names, text)?.name
    if (found === undefined) {
      const asked = /^[^/,:]*/.exec(text)![0]
      report(
        path,
        `there is no endpoint or pool ${JSON.stringify(asked)}.${didYouMean(asked, names) || ` There are: ${names.join(', ')}.`}`,
      )
    }
    return found
  }

  const known = Object.keys(groups)
  for (const [index, { group }] of (server.keys ?? []).entries())
    if (group !== undefined && !known.includes(group))
      report(
        ['server', 'keys', index, 'group'],
        `there is no group ${JSON.stringify(group)}.${didYouMean(group, known) || ` There are: ${known.join(', ') || 'none: make it in "groups"'}.`}`,
      )

  const membersOf = new Map<string, { name: string; path: Path }[]>()
  for (const [name, { members }] of Object.entries(pools)) {
    const found = members.flatMap((member, index) => {
      const at: Path = ['pools', name, 'members', index, ...(typeof member === 'string' ? [] : ['to'])]
      const to = check(typeof member === 'string' ? member : member.to, at)
      return to === undefined ? [] : [{ name: to, path: at }]
    })
    membersOf.set(name, found)
  }
  for (const circle of circlesIn(membersOf)) report(circle.path, `the pool is a member of itself: ${circle.names.join(' → ')}`)

  for (const { target, path } of targetsIn(routes)) for (const { text, path: at } of namesIn(target, path)) check(text, at)
  try {
    aliasesOf(routes.aliases)
  } catch (error) {
    report(['routes', 'aliases'], (error as Error).message.replace(/^router: /, ''))
  }
  return problems
}

/** Each circle once, at the place that closes it. */
function circlesIn(graph: ReadonlyMap<string, readonly { name: string; path: Path }[]>): { path: Path; names: string[] }[] {
  const done = new Set<string>()
  const circles: { path: Path; names: string[] }[] = []
  const visit = (name: string, way: readonly string[]) => {
    for (const next of graph.get(name) ?? []) {
      const start = way.indexOf(next.name)
      if (start >= 0) circles.push({ path: next.path, names: [...way.slice(start), next.name] })
      else if (!done.has(next.name)) visit(next.name, [...way, next.name])
    }
    done.add(name)
  }
  for (const name of graph.keys()) if (!done.has(name)) visit(name, [name])
  return circles
}

/** What works, and is probably not meant. */
export function doubts({ endpoints, pools = {} }: SettledConfig): Problem[] {
  const problems: Problem[] = []
  for (const [name, { baseUrl, keys, enabled }] of Object.entries(endpoints)) {
    const url = enabled !== false && URL.canParse(baseUrl) ? new URL(baseUrl) : undefined
    if (url?.protocol === 'http:' && keys.length && !isLoopback(url.hostname.replace(/^\[|\]$/g, '')))
      problems.push({ path: ['endpoints', name, 'baseUrl'], message: 'the key goes over the network unencrypted. Use https://' })
  }
  for (const [name, { members }] of Object.entries(pools)) {
    const targets = members.map((member) => readTarget(Object.keys(endpoints), typeof member === 'string' ? member : member.to)?.name)
    if (targets.every((to) => to !== undefined && endpoints[to]?.enabled === false))
      problems.push({ path: ['pools', name, 'members'], message: 'all members are switched off' })
  }
  return problems
}
