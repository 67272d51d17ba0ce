import type { Protocol } from '../../core/protocol.ts'

export const claude: Protocol = { name: 'claude' } as Protocol // placeholder until this folder is written
