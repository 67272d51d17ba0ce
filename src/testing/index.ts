/**
 * Tools to test with: a provider that fails on demand, recording and replay, time that moves when it is told to, streams cut at any byte, and what a
 * stream says.
 *
 * @module
 */
export type {
  Cassette,
  RecordedBytes,
  RecordedEnd,
  RecordedError,
  RecordedExchange,
  RecordedRequest,
  RecordedResponse,
} from './cassette/cassette.ts'
export { record, type Recorder, type RecordOptions } from './cassette/record.ts'
export { replay, type Replayer, type ReplayOptions } from './cassette/replay.ts'
export { FAULTS, RESET_SIGNALS, type Fault, type FaultName, type FaultSpec, type Position, type ResetSignal } from './chaos/fault.ts'
export { chaosProvider, type ChaosOptions, type ChaosProvider } from './chaos/provider.ts'
export type { ChaosReply, ChaosToolCall } from './chaos/reply.ts'
export type { ChaosRequest } from './chaos/request.ts'
export { flapping, sometimes, type Script } from './chaos/script.ts'
export { virtualClock, type VirtualClock } from './clock.ts'
export { seededRandom } from './random.ts'
export { cutStream, readEvents, type ReadEvent } from './streams.ts'
