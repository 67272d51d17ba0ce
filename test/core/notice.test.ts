import { expect, test } from 'vitest'
import { createLose, createNotes } from '../../src/core/notice.ts'

test('notes each reason once, and no more than a hundred of an upstream that makes them up', () => {
  const notes = createNotes('reply', {})
  const lose = createLose(notes)
  lose('/a', 'it has no place')
  lose('/b', 'it has no place')
  expect(notes.list).toEqual([{ action: 'dropped', path: '/a', reason: 'it has no place', in: 'reply' }])
  for (let n = 0; n < 1000; n++) lose('', `an event of the unknown type ${n} was not read`)
  expect(notes.list).toHaveLength(100)
})
