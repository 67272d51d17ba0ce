/**
 * Reasoning that stands in the text itself, between `<think>` and `</think>` at its beginning.
 *
 * @module
 */
const OPEN = '<think>'
const CLOSE = '</think>'

export interface ThinkSplitter {
  push(text: string): void
  /** No more text: what was held back is told. */
  end(): void
  /** The blanks between the closing tag and the text: needed to give the message back as it was. */
  gap(): string
}

/**
 * Tells reasoning from text. Holds back only what may be a part of a tag, and the blanks around the tags.
 *
 * @param onThought called with each piece of reasoning
 * @param onText called with each piece of text
 */
export function createThinkSplitter(onThought: (text: string) => void, onText: (text: string) => void): ThinkSplitter {
  let state: 'start' | 'thinking' | 'gap' | 'text' = 'start'
  let held = ''
  let gap = ''

  const pushText = (text: string) => {
    if (text) onText(text)
  }
  const atStart = (text: string) => {
    held += text
    const trimmed = held.trimStart()
    if (trimmed.startsWith(OPEN)) {
      state = 'thinking'
      held = ''
      thinking(trimmed.slice(OPEN.length))
    } else if (!OPEN.startsWith(trimmed)) {
      state = 'text'
      const all = held
      held = ''
      pushText(all)
    }
  }
  const thinking = (text: string) => {
    held += text
    const end = held.indexOf(CLOSE)
    if (end >= 0) {
      const after = held.slice(end + CLOSE.length)
      if (end > 0) onThought(held.slice(0, end))
      state = 'gap'
      held = ''
      return inGap(after)
    }
    const safe = held.length - tailOf(held)
    if (safe > 0) onThought(held.slice(0, safe))
    held = held.slice(safe)
  }
  const inGap = (text: string) => {
    const rest = text.trimStart()
    gap += text.slice(0, text.length - rest.length)
    if (!rest) return
    state = 'text'
    onText(rest)
  }
  return {
    push(text) {
      if (state === 'text') pushText(text)
      else if (state === 'start') atStart(text)
      else if (state === 'thinking') thinking(text)
      else inGap(text)
    },
    end() {
      if (!held) return
      if (state === 'thinking') onThought(held)
      else onText(held)
      held = ''
    },
    gap: () => gap,
  }
}

/** How many characters at the end may be the beginning of the closing tag. */
function tailOf(text: string): number {
  for (let length = Math.min(CLOSE.length - 1, text.length); length > 0; length--) if (CLOSE.startsWith(text.slice(-length))) return length
  return 0
}
