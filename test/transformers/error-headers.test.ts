/** What an upstream's error says of itself, as the headers and the status of the client's. */
import { expect, test } from 'vitest'
import { failureOfError } from '../../src/transformers/gemini/decode-error.ts'
import { protocols } from '../../src/transformers/registry.ts'

const REQUEST_INFO = 'type.googleapis.com/google.rpc.RequestInfo'
const refusal = (requestId: string) => ({ error: { code: 400, message: 'no', details: [{ '@type': REQUEST_INFO, requestId }] } })
const ID_HEADERS = { claude: 'request-id', openai: 'x-request-id', 'openai-responses': 'x-request-id' } as const

test.each(Object.keys(ID_HEADERS) as (keyof typeof ID_HEADERS)[])(
  'the id of a request is told to %s where a header can hold it',
  (name) => {
    const told = (id: string) => protocols[name].encodeError(failureOfError(refusal(id), 400)).headers[ID_HEADERS[name]]
    expect(told('req_1')).toBe('req_1')
    for (const id of ['a\r\nset-cookie: x=1', '→', 'a b', '', 'x'.repeat(1000)]) expect(told(id)).toBeUndefined()
  },
)

test.each([
  [429, 429],
  [599, 599],
  [200, 500],
  [600, 500],
  [1234, 500],
])('an error amid a stream that calls itself %i has status %i', (code, status) => {
  expect(failureOfError({ error: { code, message: 'no' } }, undefined).status).toBe(status)
})
