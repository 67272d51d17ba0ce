import { createPrices, parseMoney } from '../../../src/accounts/index.ts'
import type { Clock } from '../../../src/core/clock.ts'
import { endpoint, outcomeOf, pool, type Fetch } from '../../../src/router/index.ts'
import { chaosProvider, type ChaosRequest, type Fault } from '../../../src/testing/index.ts'

/** Dollars for a million tokens, by endpoint. */
const PRICES = { claude: { input: 10, output: 50 }, openai: { input: 8, output: 60 }, gemini: { input: 12, output: 40 } }
type Name = keyof typeof PRICES

const QUESTION = 'Tell me something of some length about it. '
const WORD = 'letters '
/** What providers count, against this library's estimate: it may be short by so much. */
const SPREAD = 0.2
const TOKENS = 0.27
const QUESTIONS = 20
const QUESTION_TOKENS = QUESTION.length * QUESTIONS * TOKENS
/** Faults that are refusals, which nobody bills. */
const REFUSED = new Set<Fault>(['overloaded', 'server-error', 'rate-limit'])

export interface WorldOptions {
  clock: Clock
  random: () => number
  /** What all times are multiplied with. Default 1. */
  pace?: number
  /** Told of each call that a provider has begun to read, with what it will bill if all of the answer is taken; and what it has billed in the end. */
  onCall?: (call: string, full: bigint) => (billed: bigint) => void
}

/** Three providers in a pool, that fail in many ways, and count what they bill. */
export function budgetWorld({ clock, random, pace = 1, onCall }: WorldOptions) {
  const prices = createPrices({
    endpoints: Object.fromEntries(Object.entries(PRICES).map(([name, price]) => [name, { price }])),
    data: false,
  })
  let billed = 0n
  let dearest = 0n
  const happened = { hedged: 0, 'gone on': 0, 'broken amid': 0, 'unknown fate': 0, 'answer dropped': 0 }
  const bill = (name: Name, input: number, output: number) => {
    const { input: asked, output: answered } = PRICES[name]
    return (parseMoney(asked) * BigInt(Math.round(input)) + parseMoney(answered) * BigInt(Math.round(output))) / 1_000_000n
  }

  const faultFor = (): Fault | undefined => {
    const dice = random()
    if (dice < 0.06) return 'overloaded'
    if (dice < 0.1) return 'server-error'
    if (dice < 0.14) return 'rate-limit'
    if (dice < 0.2) return { type: 'reset' }
    if (dice < 0.24) return { type: 'cut', at: 'start' }
    if (dice < 0.34) return { type: 'cut', at: 'content', how: random() < 0.5 ? 'end' : 'reset' }
    if (dice < 0.37) return 'error-event'
    if (dice < 0.4) return { type: 'slow-first-token', ms: 20_000 * pace }
    return undefined
  }
  const provider = (name: Name): Fetch => {
    const plans: { fault: Fault | undefined; text: string; usage: { input: number; output: number } }[] = []
    const planOf = ({ headers }: ChaosRequest) => plans[Number(headers['x-call'])]!
    const chaos = chaosProvider({
      clock,
      random,
      latencyMs: 1000 * pace,
      eventMs: 500 * pace,
      faults: (request) => planOf(request).fault,
      reply: planOf,
    })
    return async (input, init) => {
      const text = WORD.repeat(10 + Math.floor(random() * 30))
      const usage = { input: Math.round(QUESTION_TOKENS * (1 + SPREAD * (2 * random() - 1))), output: Math.ceil(text.length * TOKENS) }
      const fault = faultFor()
      const call = plans.push({ fault, text, usage }) - 1
      let bills = 0n
      const owes = (output: number) => {
        const amount = bill(name, usage.input, output)
        if (amount <= bills) return
        billed += amount - bills
        bills = amount
        if (bills > dearest) dearest = bills
      }
      // It bills a question that it has begun to read, and not one that it refuses.
      const refuses = typeof fault === 'string' && REFUSED.has(fault)
      const over = onCall?.(`${name}-${call}`, refuses ? 0n : bill(name, usage.input, usage.output)) ?? (() => {})
      if (!refuses) owes(0)
      const response = await chaos(input, {
        ...init,
        headers: { ...(init!.headers as Record<string, string>), 'x-call': `${call}` },
      }).catch((error: unknown) => {
        happened['unknown fate']++
        over(bills)
        throw error
      })
      if (refuses) {
        over(0n)
        return response
      }
      let said = 0
      const reader = response.body!.getReader()
      const body = new ReadableStream<Uint8Array>(
        {
          async pull(controller) {
            try {
              const { done, value } = await reader.read()
              if (done) {
                over(bills)
                return controller.close()
              }
              said += new TextDecoder().decode(value).split('letters').length - 1
              owes(Math.min(usage.output, Math.ceil(said * WORD.length * TOKENS)))
              controller.enqueue(value)
            } catch (error) {
              over(bills)
              throw error
            }
          },
          cancel(reason) {
            over(bills)
            return reader.cancel(reason)
          },
        },
        { highWaterMark: 0 },
      )
      return new Response(body, response)
    }
  }
  const urls: Record<Name, string> = {
    claude: 'https://claude.example',
    openai: 'https://openai.example/v1',
    gemini: 'https://gemini.example',
  }
  const members = (Object.keys(PRICES) as Name[]).map((name) =>
    endpoint({ name, protocol: name, baseUrl: urls[name], apiKey: 'k', model: 'm', fetch: provider(name), clock, random }),
  )
  const app = pool(members, {
    clock,
    random,
    strategy: 'random',
    affinity: false,
    breaker: false,
    midStream: 'continue',
    retry: { attempts: 5, waitMs: 2000 * pace, throttle: false },
    hedge: { afterMs: 1500 * pace, share: 0.5 },
  })

  /** A client that asks until it has an answer, is refused for good, or loses patience. */
  const client = async (fetch: Fetch, index: number): Promise<string> => {
    for (let tries = 0; tries < 40; tries++) {
      const leaves = random() < 0.15
      const stop = new AbortController()
      const leave = () => stop.abort()
      const cancel = leaves ? clock.after(random() * 8000 * pace, leave) : () => {}
      try {
        const response = await fetch('http://localhost/v1/messages', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({
            model: 'm',
            max_tokens: 120,
            stream: index % 3 > 0,
            messages: [{ role: 'user', content: QUESTION.repeat(QUESTIONS) }],
          }),
          signal: stop.signal,
        })
        const outcome = outcomeOf(response)!
        await response.text()
        const { how } = await outcome.ended
        for (const { reason } of outcome.attempts) {
          if (reason === 'hedge') happened.hedged++
          if (reason === 'continue') happened['gone on']++
        }
        if (how === 'truncated' || how === 'recovered') happened['broken amid']++
        if (outcome.failure?.code === 'budget_exceeded' || response.status === 403) {
          if (response.status === 403) return 'refused by the budget'
          await new Promise<void>((resolve) => void clock.after((30_000 + random() * 30_000) * pace, resolve))
          continue
        }
        return response.ok && how !== 'error' && how !== 'truncated' ? 'answered' : 'failed'
      } catch {
        if (stop.signal.aborted) happened['answer dropped']++
        return stop.signal.aborted ? 'left' : 'failed'
      } finally {
        cancel()
      }
    }
    return 'lost patience'
  }

  return {
    app,
    client,
    prices,
    happened,
    billed: () => billed,
    dearest: () => dearest,
    /** About what one answer costs. */
    usualCost: bill('claude', QUESTION_TOKENS, 25 * WORD.length * TOKENS),
  }
}
