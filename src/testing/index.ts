/**
 * Tools to test with: time that moves when it is told to, streams cut at any byte, and what a stream says.
 *
 * @module
 */
export { virtualClock, type VirtualClock } from './clock.ts'
export { cutStream, readEvents, type ReadEvent } from './streams.ts'
