/**
 * What a server is set up with, wherever that was read from: a file, the environment, or code.
 *
 * @module
 */
import type { ProtocolName } from '../core/chat.ts'

export interface Setup {
  /** By name, in the order in which they were given. */
  endpoints: readonly NamedEndpoint[]
  /** The name of the endpoint for requests that name no other. */
  default: string
}

export interface NamedEndpoint {
  name: string
  protocol: ProtocolName
  baseUrl: string
  apiKey?: string
  /** Where the key was found, for people. */
  keyFrom?: string
  /** The model to ask for. Default: the client's. */
  model?: string
  /** Models that the provider itself has: a client that asks for one gets that one, here, rather than `model`. */
  own?: RegExp
  dialect?: string
  headers?: Record<string, string>
}
