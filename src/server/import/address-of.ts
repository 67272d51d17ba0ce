/**
 * Where a provider is, and what opens it.
 *
 * @module
 */
import { filled, type EndpointInput } from './imported.ts'
import type { Section } from './section.ts'

/** A variable of the environment, in a text as it is written in the new configuration. */
export const REFERENCE = /(^|[^$])\$(\$\$)*[{A-Z_]/

/** Where a provider is. An address that cannot be one switches it off. */
export function addressOf(section: Section, ...names: string[]): Pick<EndpointInput, 'baseUrl' | 'enabled'> {
  const said = section.text(...names)
  const name = names.find((one) => section.says(one)) ?? names[0]!
  const off = (baseUrl: string, reason: string) => {
    section.note(`${reason}: the endpoint is switched off. Put it right, and remove "enabled: false"`, name)
    return { baseUrl, enabled: false }
  }
  if (said === undefined) return off('https://address.invalid', 'there is no address')
  const baseUrl = /^[a-z][a-z\d+.-]*:\/\//i.test(said) || REFERENCE.test(said) ? said : `https://${said}`
  if (REFERENCE.test(baseUrl)) return { baseUrl }
  if (!/^https?:\/\/[^/]/i.test(baseUrl) || !URL.canParse(baseUrl)) return off('https://address.invalid', 'is not an address')
  const url = new URL(baseUrl)
  if (!url.username && !url.password) return { baseUrl }
  url.username = url.password = ''
  return off(url.href, 'a password in an address is not carried over, for addresses end up in logs')
}

/** A key that a header can carry. */
export function secretIn(section: Section, ...names: string[]): string | undefined {
  const key = section.text(...names)
  if (key === undefined) return undefined
  const fault = faultOf(key)
  if (fault)
    section.note(
      `${fault}, and is not carried over: write the key as it is meant`,
      names.find((one) => section.says(one)),
    )
  return fault ? undefined : key
}

/** The keys of one provider. */
export function secretsIn(section: Section, name: string): string[] {
  const keys = [...new Set(section.texts(name))]
  return keys.filter((key) => {
    const fault = faultOf(key)
    if (fault) section.note(`one of them ${fault}, and is not carried over`, name)
    return !fault
  })
}

/** Why a key cannot be one. */
export function faultOf(key: string): string | undefined {
  if (key.startsWith('file:')) return 'begins with "file:", which names a file here'
  return /^[\x21-\x7e]+$/.test(key) ? undefined : 'has characters that no header carries'
}

/** One key, or several. */
export const keysOf = (keys: readonly string[]): Pick<EndpointInput, 'apiKey' | 'apiKeys'> =>
  keys.length > 1 ? { apiKeys: [...keys] } : filled({ apiKey: keys[0] })
