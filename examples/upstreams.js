/**
 * Who answers in these examples: the provider whose key is in the environment, else the built-in demo, which needs no account.
 */
import { createDemo, readEnvironment } from 'cc-route/server'

const found = readEnvironment(process.env)?.endpoints ?? []
const demo = createDemo({ delayMs: 10 })

/**
 * The options of an `endpoint` that speaks `protocol`.
 *
 * @param {import('cc-route').ProtocolName} protocol
 * @returns {import('cc-route').EndpointOptions}
 */
export const upstream = (protocol) =>
  found.find((named) => named.protocol === protocol) ?? {
    name: 'demo',
    protocol,
    baseUrl: 'https://demo.invalid',
    model: 'demo',
    fetch: demo,
  }
