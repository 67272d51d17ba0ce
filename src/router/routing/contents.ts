/**
 * What a conversation holds besides text.
 *
 * @module
 */
import type { ChatRequest, Part } from '../../core/chat.ts'

export interface Contents {
  images: boolean
  /** Files such as PDFs; plain text that was attached is text. */
  documents: boolean
  audio: boolean
  video: boolean
}

/** Looks through the whole conversation, into the results of tools, too. */
export function contentsOf(chat: ChatRequest): Contents {
  const found: Contents = { images: false, documents: false, audio: false, video: false }
  for (const { parts } of chat.messages) look(parts, found)
  return found
}

function look(parts: readonly Part[], found: Contents): void {
  for (const part of parts) {
    if (part.type === 'tool-result') look(part.parts, found)
    else if (part.type === 'image') found.images = true
    else if (part.type === 'audio') found.audio = true
    else if (part.type === 'video') found.video = true
    else if (part.type === 'file' && part.source.type !== 'text') {
      // files of this kind are looked at, whatever they are called
      if (part.mediaType?.startsWith('image/')) found.images = true
      else found.documents = true
    }
  }
}
