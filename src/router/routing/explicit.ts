/**
 * The client's own choice of an endpoint: in a header, in the model's name, or in the URL.
 *
 * @module
 */
import { fail } from '../../core/failure.ts'
import { knownNames, nameIn, readNamed, type Endpoints, type NamedModel } from './names.ts'

/** In this order they are asked. */
const HEADERS = ['x-ccn-endpoint', 'x-endpoint-name']
const QUERIES = ['endpoint', 'ep']

/** The rule of a choice that leaves the model to the endpoint. */
export const AT_ENDPOINT = 'model @endpoint'

export interface Choice extends NamedModel {
  /** How the client said it, as the name of the rule. */
  rule: string
}

export interface ChoiceContext {
  headers: Headers
  query(): URLSearchParams
  model: string | undefined
  endpoints: Endpoints
  /** Whether the configuration routes just this model: then it is a model's name, whatever signs are in it. */
  isModel(model: string): boolean
}

/** What the client chose; `undefined` where it leaves the choice to the router. @throws FailureError 400 for a name that is not known or switched off */
export function choiceOf({ headers, query, model, endpoints, isModel }: ChoiceContext): Choice | undefined {
  const header = HEADERS.find((name) => headers.get(name)?.trim())
  const inModel = model === undefined || isModel(model) ? undefined : choiceIn(model, endpoints)
  if (header) return byName(headers.get(header)!, `header ${header}`, endpoints, inModel?.model)
  if (inModel) return byName(inModel.name, inModel.rule, endpoints, inModel.model)
  const asked = QUERIES.find((name) => query().get(name)?.trim())
  return asked === undefined ? undefined : byName(query().get(asked)!, `query ${asked}`, endpoints)
}

/** `@name`, `@name/model`; `name,model`, which no model is called; `name:model` and `name/model`, where there is such a name. */
function choiceIn(model: string, endpoints: Endpoints): Choice | undefined {
  if (model.startsWith('@')) {
    const said = model.slice(1)
    const named = readNamed(endpoints, said) ?? split(said, '/')
    return { ...named, rule: named.model === undefined ? AT_ENDPOINT : 'model @endpoint/model' }
  }
  const named = readNamed(endpoints, model)
  if (named?.model !== undefined) return { ...named, rule: `model endpoint${model[named.name.length]}model` }
  return model.includes(',') ? { ...split(model, ','), rule: 'model endpoint,model' } : undefined
}

function split(text: string, sign: string): NamedModel {
  const at = text.indexOf(sign)
  return at < 0 ? { name: text } : { name: text.slice(0, at), model: text.slice(at + 1).trim() }
}

function byName(said: string, rule: string, endpoints: Endpoints, model?: string): Choice {
  const name = nameIn(endpoints, said.trim())
  if (name === undefined || endpoints[name] === false) {
    const what = name === undefined ? `there is no endpoint "${said.trim()}" here` : `the endpoint "${name}" is switched off`
    return fail({
      kind: 'invalid-request',
      message: `${rule}: ${what}. Known: ${knownNames(endpoints)}.`,
      param: rule.startsWith('model') ? 'model' : undefined,
    })
  }
  return { name, rule, ...(model && { model }) }
}
