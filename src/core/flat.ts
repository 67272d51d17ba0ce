/**
 * The same text in one piece and in memory of its own. V8 keeps a text that was put together as a tree of its pieces, which is gone through
 * again wherever it becomes part of another, and one that was cut out of another as a place in that, which it keeps alive.
 *
 * To cut something off a text that was put together copies it: a tenth of a microsecond for 1500 characters.
 */
export const flat = (text: string): string => ` ${text}`.slice(1)
