import type { Protocol } from '../../core/protocol.ts'

export const gemini: Protocol = { name: 'gemini' } as Protocol // placeholder until this folder is written
