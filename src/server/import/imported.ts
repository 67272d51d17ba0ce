/**
 * What an import gives, and the parts that all of them make alike.
 *
 * @module
 */
import type { Path } from '../config/problem.ts'
import type { ConfigInput } from '../config/schema.ts'
import type { Target, TargetObject } from '../config/target-schema.ts'
import { isFields, type Note, type Section } from './section.ts'

/** What one configuration became. */
export interface Imported {
  config: ConfigInput
  /** What could not be carried over, or is otherwise now. */
  notes: readonly Note[]
  /** Words of the old file that stand as comments in the new one. */
  comments: readonly Comment[]
}

export interface Comment {
  /** Above what. */
  path: Path
  text: string
}

export type EndpointInput = ConfigInput['endpoints'][string]

/** Attempts that one request may have where nothing is said. */
export const USUAL_ATTEMPTS = 8

/** A time span as people write it. */
export function spanOf(ms: number): number | string {
  const unit = UNITS.find(([, size]) => ms > 0 && ms % size === 0)
  return unit ? `${ms / unit[1]}${unit[0]}` : ms
}

const UNITS = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const

/** A target as text where there is no more to say than where to go. */
export const shortest = (target: TargetObject): Target =>
  typeof target.to === 'string' && Object.keys(target).every((name) => name === 'to' || name === 'model')
    ? target.model === undefined
      ? target.to
      : `${target.to}/${target.model}`
    : target

/** Fields without those that are absent, or objects without fields. */
export const filled = <T extends object>(fields: T): T =>
  Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && !(isFields(value) && Object.keys(value).length === 0)),
  ) as T

/** The parts that say something, in the order in which they are read best. */
export const configOf = ({ server, log, endpoints, pools, routes, prices }: ConfigInput): ConfigInput => ({
  ...filled({ server, log }),
  endpoints,
  ...filled({ pools, routes, prices }),
})

/** Gives each endpoint and pool a name that is legal, and that no other one has. Tells `section` of one that changes. */
export function createNames(): (name: string | undefined, fallback: string, section?: Section) => string {
  // What every object has is no name of anything.
  const taken = new Set(['__proto__', 'constructor', 'prototype'])
  return (name, fallback, section) => {
    const plain = (name ?? fallback).replaceAll(/[^\w.-]+/g, '-').replaceAll(/^-+|-+$/g, '') || fallback
    let free = plain
    for (let next = 2; taken.has(free.toLowerCase()); next++) free = `${plain}-${next}`
    taken.add(free.toLowerCase())
    if (name !== undefined && free !== name)
      section?.note(`is called ${free} now: names have letters, digits, ".", "-" and "_" only, and no two are alike`, 'name')
    return free
  }
}

/** All of these, as one target: a pool where they are several. */
export function poolOf(
  name: string,
  members: readonly string[],
  options: Omit<NonNullable<ConfigInput['pools']>[string], 'members'> = {},
): { pools: NonNullable<ConfigInput['pools']>; target: string | undefined } {
  if (members.length < 2) return { pools: {}, target: members[0] }
  return { pools: { [name]: { members: [...members], ...filled(options) } }, target: name }
}

/** Models as clients may name them at an endpoint: listed to clients, and no rule of their own for the model's bare name. */
export const listed = (endpoint: string, models: readonly string[]): EndpointInput['models'] =>
  Object.fromEntries(models.map((model) => [`${endpoint}/${model}`, model]))
