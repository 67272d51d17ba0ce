/**
 * The app of a set-up: which endpoint a request goes to.
 *
 * @module
 */
import { isObject, stringOf } from '../core/json.ts'
import { endpoint } from '../router/endpoint/endpoint.ts'
import { factsOf, MAX_BODY_BYTES } from '../router/facts.ts'
import { requestOf, type Fetch } from '../router/fetch.ts'
import { aliasOf, type Model } from './models/models.ts'
import type { NamedEndpoint, Setup } from './setup.ts'

export interface App {
  fetch: Fetch
  /** What clients may ask for. */
  models: Model[]
}

export interface AppOptions {
  /** Calls the upstreams. Default: the global fetch. */
  fetch?: Fetch
  /** The largest request body in bytes. Default 32 MiB. */
  maxBodyBytes?: number
}

/**
 * Makes the app of a set-up. A request goes to the endpoint that its `model` names (`name/model` or `name,model`), else to the
 * one whose provider has that model itself, else to the default.
 *
 * @throws TypeError for an endpoint that cannot work
 */
export function createApp(setup: Setup, options: AppOptions = {}): App {
  const { maxBodyBytes = MAX_BODY_BYTES } = options
  const open = (named: NamedEndpoint, model = named.model): Fetch => {
    const { name, protocol, baseUrl, apiKey, dialect, headers } = named
    return endpoint({ name, protocol, baseUrl, apiKey, dialect, headers, model, maxBodyBytes, fetch: options.fetch })
  }
  const byName = new Map(setup.endpoints.map((named) => [named.name, named]))
  const usual = new Map(setup.endpoints.map((named) => [named.name, open(named)]))
  const byDefault = usual.get(setup.default)
  if (!byDefault) throw new TypeError(`createApp: the default endpoint "${setup.default}" is not among ${[...byName.keys()].join(', ')}.`)

  const models = modelsOf(setup)
  const idOf = new Map(models.flatMap(({ id, alias }) => (alias === undefined ? [] : [[alias, id] as const])))
  const choose = (id: string | undefined): Fetch => {
    if (!id) return byDefault
    const asked = idOf.get(id) ?? id
    const [, name, model] = NAMED_MODEL.exec(asked) ?? []
    const named = name === undefined ? undefined : byName.get(name)
    if (named) return open(named, model)
    const native = setup.endpoints.find(({ own }) => own?.test(asked))
    return native ? open(native, asked) : byDefault
  }
  return {
    models,
    async fetch(input, init) {
      const request = requestOf(input, init)
      // A request that cannot be read is the default's to refuse, in the client's own format.
      const asked = await factsOf(request, maxBodyBytes).then(
        ({ route, body }) => route.model ?? (isObject(body) ? stringOf(body.model) : undefined),
        () => undefined,
      )
      return choose(asked)(request)
    },
  }
}

const NAMED_MODEL = /^([^/,]+)[/,](.+)$/

const modelsOf = ({ endpoints, default: first }: Setup): Model[] =>
  endpoints
    .toSorted((a, b) => Number(b.name === first) - Number(a.name === first))
    .flatMap(({ name, model }) => {
      if (model === undefined) return []
      const id = name === first ? model : `${name}/${model}`
      const alias = aliasOf(id)
      return { id, owner: name, ...(alias !== undefined && { alias }) }
    })
