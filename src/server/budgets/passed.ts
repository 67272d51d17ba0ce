/**
 * Requests that are passed on as they are, charged to all budgets of whoever asks, as nobody knows before which models they go to; and refused
 * where nothing is left of any.
 *
 * @module
 */
import { telling, type Budgets } from '../../accounts/budgets/budgets.ts'
import { refusal } from '../../accounts/tenants/hold.ts'
import type { Failure } from '../../core/failure.ts'
import { outcomeOf } from '../../router/outcome.ts'
import type { Place } from '../paths.ts'

/** What generates, and tells what it used later, elsewhere, or in events that nobody reads here. */
const GENERATES =
  /\/(chat\/completions|completions|complete|messages|(messages\/)?batches|responses|interactions|runs)$|:(stream|batch)?generate\w*$|:predict\w*$/i

export async function chargePassed(request: Request, { path }: Place, budgets: Budgets, ask: () => Promise<Response>): Promise<Response> {
  if (GENERATES.test(plainPath(path)) && budgets.counts(request)) return refusal(request, uncounted(path))
  const meter = budgets.meterFor(request, { unknown: true })
  if (!meter) return ask()
  const charge = await meter.admit({
    endpoint: '',
    model: '',
    reason: 'first',
    measure: () => ({ input: 0, output: 0, cachesLong: false }),
  })
  if ('kind' in charge) return telling(refusal(request, charge), meter)
  let response: Response
  try {
    response = await ask()
  } catch (error) {
    charge.settle({ billed: 'nothing' })
    throw error
  }
  const outcome = outcomeOf(response)
  if (!outcome) charge.settle({ billed: 'nothing' })
  else
    void outcome.ended.then(({ usage, answeredBy }) =>
      charge.settle({ billed: usage ? 'answer' : 'nothing', usage, answeredBy, endpoint: outcome.endpoint }),
    )
  return telling(response, meter)
}

/** A path as providers may read it. */
const plainPath = (path: string): string =>
  decodeURIComponent(path)
    .replaceAll(/[/\\]+/g, '/')
    .replace(/[;?#].*$/, '')
    .replace(/[/.\s]+$/, '')

const uncounted = (path: string): Failure => ({
  kind: 'permission',
  status: 403,
  code: 'budget_uncounted',
  message: `cc-route: a budget of money or tokens holds you, and what ${path} uses is not counted here, so that it is not passed on. Use /v1/messages, /v1/chat/completions, /v1/responses or Gemini's :generateContent.`,
  retryable: false,
})
