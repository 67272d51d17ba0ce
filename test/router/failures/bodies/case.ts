/** Refusals as providers give them, and what each has to be taken for. */
import type { FailureClass } from '../../../../src/router/failures/classify.ts'

export interface Case {
  /** Whose it is. */
  of: string
  class: FailureClass
  status: number
  headers?: Record<string, string>
  body: unknown
  /** Seconds until the provider answers again, where it says so. */
  seconds?: number
}

/** 2026-11-21T12:00:00Z, when all of this happens. */
export const NOW = Date.UTC(2026, 10, 21, 12)

export const page = (title: string) => `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`
