/**
 * The model that an upstream is asked for, in the one spelling that is compared, priced and sent.
 *
 * @module
 */
import type { ProtocolName } from '../../core/chat.ts'
import type { Dialect } from '../../core/dialect.ts'
import { fail } from '../../core/failure.ts'
import { askedModel, type RequestFacts } from '../request-facts.ts'
import type { Trip } from '../trip.ts'

/** What of an upstream decides on the name. */
interface Named {
  protocol: ProtocolName
  dialect: Dialect
  /** The endpoint's own model. */
  model?: string
}

/** Google takes a name with its folder and without: `gemini-x`, `models/gemini-x`, `publishers/google/models/gemini-x`. */
const FOLDERS = /^(\/+|(publishers\/google\/)?models(\/+|$))+|\/+$/g

/** The model that an upstream is asked for. */
export function modelFor({ protocol, dialect, model }: Named, facts: RequestFacts, trip: Pick<Trip, 'model'>): string {
  const name = trip.model ?? model ?? askedModel(facts) ?? ''
  return protocol === 'gemini' || dialect.name === 'gemini-openai' ? name.replace(FOLDERS, '') : name
}

interface Asking {
  facts: RequestFacts
  trip: Pick<Trip, 'model'>
  /** It is the request of somebody with a key. Of nobody's, a name may be a path, as that of a model in a file is: `/models/llama`. */
  isHeld: boolean
}

/** Characters that nobody sees, and that some providers take away. */
const UNSEEN = /^\s|\s$|\p{Cc}/u
/** Names that lead elsewhere than what they are compared as. */
const PATH = /^(\/|projects\/)/

/**
 * Refuses names by which a provider could take another model than was looked at.
 *
 * @throws FailureError 400
 */
export function checkModelName(name: string, { model }: Pick<Named, 'model'>, { facts, trip, isHeld }: Asking): void {
  if (UNSEEN.test(name))
    fail({
      kind: 'invalid-request',
      message: 'model: the name begins or ends with a blank, or holds a control character. Take it away.',
      param: 'model',
    })
  const asked = askedModel(facts)
  // A name of the configuration is its own, and what the client chose stands at the end of what it asked for.
  const isClients = asked === name ? trip.model === undefined && model === undefined : asked?.endsWith(name)
  if (isHeld && PATH.test(name) && isClients)
    fail({
      kind: 'invalid-request',
      message: `model: "${name}" is a path. Ask for the model by its name, or have one given to it in the endpoint's "models".`,
      param: 'model',
    })
}
