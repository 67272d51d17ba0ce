/**
 * A configuration at work that changes while requests are on their way: each goes on with what it began with.
 *
 * @module
 */
import type { Fetch } from '../router/fetch.ts'
import { memoryState } from '../router/state.ts'
import { compose, type ComposeOptions, type Composition } from './compose.ts'
import type { Config } from './config/settle.ts'
import { createHealthWatch } from './health-watch.ts'
import type { Model } from './models/models.ts'

export interface Live {
  /** Answers with the configuration of the moment at which a request comes in. */
  fetch: Fetch
  models(): readonly Model[]
  readonly composition: Composition
  /** Takes another configuration, or refuses it and stays with the one it has. @throws TypeError for one that cannot work */
  use(config: Config): void
  /** Checks members' health as the configuration says, until the signal aborts. */
  watch(until: AbortSignal): void
}

/** Puts a configuration to work. What is learnt of providers outlives it. @throws TypeError for one that cannot work */
export function createLive(first: Config, options: ComposeOptions = {}): Live {
  const state = options.state ?? memoryState({ clock: options.clock })
  let composition = compose(first, { ...options, state })
  const health = createHealthWatch(composition)
  return {
    fetch: (input, init) => composition.fetch(input, init),
    models: () => composition.models,
    get composition() {
      return composition
    },
    use(config) {
      composition = compose(config, { ...options, state })
      health.use(composition)
    },
    watch: health.watch,
  }
}
