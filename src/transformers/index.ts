/**
 * Translation between protocols, pure and synchronous.
 *
 * @module
 */
export { translate, type Exchange, type TranslateOptions } from './translate.ts'
export type { StreamTranslator } from './stream.ts'
export { dialectFor } from './dialects.ts'
export { protocols } from './registry.ts'
