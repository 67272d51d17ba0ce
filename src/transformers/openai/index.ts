import type { Protocol } from '../../core/protocol.ts'

export const openai: Protocol = { name: 'openai' } as Protocol // placeholder until this folder is written
