/**
 * Names that may be labels. What clients make up is none: a label that anybody can choose fills the memory of whoever collects it, and tells
 * what nobody is to read.
 *
 * @module
 */
import type { ExchangeRecord } from '../ledger/record.ts'
import { OTHER } from './families.ts'

export interface Names {
  endpoint(name: string | undefined): string
  model(record: Pick<ExchangeRecord, 'cost' | 'status'> & { served?: string | undefined }): string
}

/** More than so many names that were not configured are `other`. */
const MOST = 100

/** How models are called. */
const MODEL = /^[\w.:/@[\]~-]{1,100}$/

export function createNames({ endpoints, models }: { endpoints?: () => Iterable<string>; models?: () => Iterable<string> }): Names {
  const answered = { endpoints: new Set<string>(), models: new Set<string>() }
  const learnt = (known: Set<string>, name: string, may: boolean): string => {
    if (known.has(name)) return name
    if (!may || known.size >= MOST) return OTHER
    known.add(name)
    return name
  }
  return {
    endpoint(name) {
      if (name === undefined) return 'none'
      if (endpoints) return holds(endpoints(), name) ? name : OTHER
      return learnt(answered.endpoints, name, true)
    },
    model({ served, cost, status }) {
      if (served === undefined) return 'none'
      if (models && holds(models(), served)) return served
      return learnt(
        answered.models,
        served,
        status < 400 && MODEL.test(served) && (!models || (cost !== undefined && cost.rates.from !== 'flat')),
      )
    },
  }
}

const holds = (names: Iterable<string>, name: string): boolean => (names instanceof Set ? names.has(name) : [...names].includes(name))
