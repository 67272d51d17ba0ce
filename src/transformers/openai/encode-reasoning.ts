/**
 * How much to think, written in the words of the provider and the model.
 *
 * @module
 */
import type { ChatRequest, Effort, ReasoningAsk } from '../../core/chat.ts'
import type { ReasoningForm } from '../../core/dialect.ts'
import { effortOfBudget } from '../../core/effort.ts'
import type { JsonObject } from '../../core/json.ts'
import { mergeInto, setPath, type Writing } from './writing.ts'

const ORDER: readonly Effort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']

export function encodeReasoning(body: JsonObject, chat: ChatRequest, writing: Writing): void {
  const ask = chat.reasoning
  if (!ask) return
  const said: JsonObject = {}
  const form = writing.dialect.reasoning ?? standardForm(writing)
  if (ask.show) encodeShow(said, ask, form, writing)
  if (ask.mode === 'off' || ask.effort === 'none') encodeOff(said, ask, form, writing)
  else encodeOn(said, ask, form, writing)
  mergeInto(body, said)
}

function encodeShow(body: JsonObject, ask: ReasoningAsk, form: ReasoningForm, { notes }: Writing): void {
  if (ask.show === 'summary') return notes.approximated(ask, 'show', 'this provider shows what it shows')
  if (form.hidden) mergeInto(body, form.hidden)
  else notes.dropped(ask, 'show', 'this provider cannot be told to keep its reasoning to itself')
}

function encodeOn(body: JsonObject, ask: ReasoningAsk, form: ReasoningForm, writing: Writing): void {
  const { notes } = writing
  mergeInto(body, (ask.mode === 'adaptive' && form.adaptive) || (ask.mode && form.on))
  if (ask.budget !== undefined && form.budget) setPath(body, form.budget, ask.budget)
  const wanted = ask.effort ?? (ask.budget !== undefined && !form.budget ? effortOfBudget(ask.budget) : undefined)
  if (wanted) encodeEffort(body, ask, wanted, form, writing)
  else if (ask.mode && !form.on)
    notes.approximated(ask, 'mode', 'this provider is not told to think; it thinks as much as it does by itself')
  // A provider that is told an effort needs no budget beside it.
  if (ask.budget !== undefined && !form.budget && ask.effort) notes.dropped(ask, 'budget', 'the effort stands for it')
}

/** OpenAI's one field, in the words that the model knows; a model that is not known gets the word as it is. */
function standardForm({ facts }: Writing): ReasoningForm {
  const efforts = facts.efforts ?? ORDER
  return { effort: { path: 'reasoning_effort', words: Object.fromEntries(efforts.map((word) => [word, word])) } }
}

function encodeOff(body: JsonObject, ask: ReasoningAsk, form: ReasoningForm, { notes }: Writing): void {
  const words = form.effort?.words ?? {}
  const field = ask.mode === 'off' ? 'mode' : 'effort'
  if (field === 'mode' && ask.effort !== undefined && ask.effort !== 'none')
    notes.dropped(ask, 'effort', 'reasoning is off, and nothing else is told how much to do')
  if (form.off) return mergeInto(body, form.off)
  if (words.none !== undefined) return setPath(body, form.effort!.path, words.none)
  const least = ORDER.find((effort) => words[effort] !== undefined)
  if (!least) return notes.approximated(ask, field, 'this model takes no word on reasoning')
  setPath(body, form.effort!.path, words[least])
  notes.approximated(ask, field, `this model cannot do without reasoning; asked for the least, "${least}"`)
}

function encodeEffort(body: JsonObject, ask: ReasoningAsk, wanted: Effort, form: ReasoningForm, { notes }: Writing): void {
  const field = ask.effort ? 'effort' : 'budget'
  const words = form.effort?.words ?? {}
  const nearest = nearestEffort(wanted, words)
  if (!nearest) {
    if (form.on && ask.mode !== undefined) notes.approximated(ask, field, 'this provider can only be told to think, not how much')
    else notes.dropped(ask, field, 'this model takes no word on reasoning')
    return
  }
  const word = words[nearest]!
  setPath(body, form.effort!.path, word)
  if (field === 'budget') notes.approximated(ask, 'budget', `a budget in tokens became the effort "${word}"`)
  else if (word !== wanted) notes.approximated(ask, 'effort', `the nearest word here is "${word}"`)
}

/** The effort itself, else the next one below, else the next above. `none` stands for nothing but itself. */
function nearestEffort(wanted: Effort, words: Partial<Record<Effort, string>>): Effort | undefined {
  const known = (effort: Effort) => effort !== 'none' && words[effort] !== undefined
  const place = ORDER.indexOf(wanted)
  return ORDER.slice(0, place + 1).findLast(known) ?? ORDER.slice(place).find(known)
}
