import type { Protocol } from '../../core/protocol.ts'

export const openaiResponses: Protocol = { name: 'openai-responses' } as Protocol // placeholder until this folder is written
