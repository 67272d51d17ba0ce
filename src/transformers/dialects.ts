import type { ProtocolName } from '../core/chat.ts'
import type { Dialect } from '../core/dialect.ts'

/** The dialect of an upstream: by name, else by its base URL, else the protocol's plain form. Throws a TypeError for an unknown name. */
export function dialectFor(upstream: { protocol: ProtocolName; dialect?: string; baseUrl?: string }): Dialect {
  return { name: upstream.dialect ?? upstream.protocol }
}
