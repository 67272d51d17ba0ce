/**
 * Requests that are passed on as they are, charged to the budgets of requests, and refused where nothing is left of any.
 *
 * @module
 */
import { telling, type Budgets } from '../../accounts/budgets/budgets.ts'
import { errorResponse } from '../../router/endpoint/answer.ts'
import { clientProtocol } from '../../router/facts.ts'
import { attachOutcome } from '../../router/outcome.ts'
import { protocols } from '../../transformers/registry.ts'

export async function chargePassed(request: Request, budgets: Budgets, ask: () => Promise<Response>): Promise<Response> {
  const meter = budgets.meterFor(request, {})
  if (!meter) return ask()
  const charge = await meter.admit({
    endpoint: '',
    model: '',
    reason: 'first',
    measure: () => ({ input: 0, output: 0, cachesLong: false }),
  })
  if ('kind' in charge) {
    const ended = Promise.resolve({ how: 'error' as const, failure: charge })
    const refused = errorResponse(protocols[clientProtocol(request)], charge)
    return telling(attachOutcome(refused, { endpoint: '', notices: [], attempts: [], failure: charge, ended }), meter)
  }
  try {
    return telling(await ask(), meter)
  } finally {
    charge.settle({ billed: 'nothing' })
  }
}
