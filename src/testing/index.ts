/**
 * Tools to test with: streams cut at any byte, and what a stream says.
 *
 * @module
 */
export { cutStream, readEvents, type ReadEvent } from './streams.ts'
