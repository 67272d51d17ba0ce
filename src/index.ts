/**
 * Use any LLM provider from a program that speaks any LLM protocol.
 *
 * @module
 */
export * from './router/index.ts'
export { translate, type Exchange, type TranslateOptions } from './transformers/translate.ts'
export type { StreamTranslator } from './transformers/stream.ts'
export type { ChatRequest, Message, Part, ProtocolName, Tool } from './core/chat.ts'
export { FailureError, isFailureError, type Failure, type FailureKind } from './core/failure.ts'
export type { Notice } from './core/notice.ts'
export type { Reply, StreamEvent } from './core/reply.ts'
export { estimateTokens } from './core/tokens.ts'
export type { Usage } from './core/usage.ts'
