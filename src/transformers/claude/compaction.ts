/**
 * Claude's own summary of a long conversation, as a stream tells it.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/compaction
 * @module
 */
import type { JsonObject } from '../../core/json.ts'

/** The block after its delta, which tells all of it at once: `null` is a compaction that failed. */
export const compacted = (block: JsonObject, { content, encrypted_content: opaque }: JsonObject): JsonObject =>
  opaque === undefined ? { ...block, content } : { ...block, content, encrypted_content: opaque }
