import { objectOf, stringOf, tryParse } from './json.ts'

/** The session that Claude Code names in its user's id: as JSON, earlier behind `_session_`. */
export const sessionInUser = (user: string): string | undefined =>
  (user.startsWith('{') ? stringOf(objectOf(tryParse(user))?.session_id) : /_session_([\w-]{8,})$/.exec(user)?.[1]) || undefined
