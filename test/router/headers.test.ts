import { expect, test } from 'vitest'
import { attachHeaders, detachHeaders, eachHeader } from '../../src/router/headers.ts'

const listed = (request: Request) => {
  const list: [string, string][] = []
  eachHeader(request, (value, name) => list.push([name, value]))
  return list
}

test("a request's headers are told as it has them", () => {
  const headers = new Headers({ 'X-App': 'cli', accept: '*/*' })
  headers.append('x-app', 'again')
  expect(listed(new Request('http://host/', { headers }))).toEqual([
    ['accept', '*/*'],
    ['x-app', 'cli, again'],
  ])
})

test('headers that a server tells are told instead, each value by itself, and not of a copy of the request', () => {
  const request = new Request('http://host/', { headers: { 'x-app': 'cli' } })
  attachHeaders(request, { 'x-app': 'told', 'set-cookie': ['a=1', 'b=2'], none: undefined })
  expect(listed(request)).toEqual([
    ['x-app', 'told'],
    ['set-cookie', 'a=1'],
    ['set-cookie', 'b=2'],
  ])
  expect(listed(new Request(request))).toEqual([['x-app', 'cli']])
  detachHeaders(request)
  expect(listed(request)).toEqual([['x-app', 'cli']])
})
