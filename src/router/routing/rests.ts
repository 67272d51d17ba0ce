/**
 * What a router remembers of targets that have failed: they rest, as members of pools do, under the same names. A rest that is over is probed
 * by one request, so that the others do not wait for a target that is still down.
 *
 * @module
 */
import type { Cooldowns } from '../endpoint/cooldowns.ts'
import type { Verdict } from '../failures/classify.ts'
import type { Candidate } from './candidates.ts'

type Named = Pick<Candidate, 'member' | 'asks' | 'probing'>

/** Nothing is remembered of a stranger's fetch, which has no name that is its own. */
const namesOf = ({ member, asks = '' }: Named): Partial<Record<string, string>> =>
  member ? { endpoint: `endpoint/${member.name}`, 'endpoint-model': `endpoint-model/${member.name}/${asks}` } : {}

/** Until when it rests, in milliseconds since 1970 (0: it does not), and those of its rests that are over. */
export async function restsOf(candidate: Named, cooldowns: Cooldowns, now: number): Promise<{ until: number; over: string[] }> {
  const names = Object.values(namesOf(candidate)) as string[]
  const rests = await cooldowns.read(names)
  return {
    until: Math.max(0, ...rests.map((rest) => (rest && rest.until > now ? rest.until : 0))),
    over: names.filter((_, index) => rests[index] && rests[index].until <= now),
  }
}

/** The candidates, the first one that nobody else is probing first, those before it last; as they are where there is none. */
export async function unprobedFirst(left: readonly Candidate[], cooldowns: Cooldowns): Promise<Candidate[]> {
  for (const [index, candidate] of left.entries()) {
    const [first] = candidate.probing ?? []
    if (first === undefined || (await cooldowns.probe(first))) return [...left.slice(index), ...left.slice(0, index)]
  }
  return [...left]
}

/** Learns from an answer, a failure (its verdict), or an end that tells nothing. */
export async function learn(candidate: Named, cooldowns: Cooldowns, told: Verdict | 'answered' | 'nothing'): Promise<void> {
  const { probing = [] } = candidate
  if (told === 'answered') return probing.length ? cooldowns.succeeded(probing) : undefined
  const name = told === 'nothing' || !told.cool ? undefined : namesOf(candidate)[told.cool.scope]
  if (name !== undefined) await cooldowns.rest(name, told as Verdict)
  const others = probing.filter((probed) => probed !== name)
  if (others.length) await cooldowns.release(others)
}
