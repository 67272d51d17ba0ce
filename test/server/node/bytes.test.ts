import { expect, test } from 'vitest'
import { bytesOf } from '../../../src/server/node/bytes.ts'

const LONG = 'as long as a request '.repeat(1000)

test.each(['', 'plain', 'ä € 🙂', LONG, `${LONG}ä`, `${LONG}ÿ€`, `€${LONG}`, `${LONG}\ud800`, `${LONG}\u0141`])('%#', (text) => {
  expect([...bytesOf(text)]).toEqual([...new TextEncoder().encode(text)])
})
