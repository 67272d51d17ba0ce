/**
 * What stands before a provider and answers in its place.
 *
 * @module
 */
import type { ErrorWords } from './errors.ts'

const page = (title: string, server: string): string =>
  `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>${server}</center>\r\n</body>\r\n</html>\r\n`

/** A load balancer that did not understand the provider. */
export const badGateway: ErrorWords = { status: 502, body: page('502 Bad Gateway', 'cloudflare') }

/** A load balancer that found nobody to ask. */
export const noneAvailable: ErrorWords = {
  status: 503,
  body: 'upstream connect error or disconnect/reset before headers. reset reason: connection failure',
}

/** A page that answers 200 wherever one looks: a captive portal, or a wrong base URL. */
export const LOGIN_PAGE =
  '<!DOCTYPE html>\n<html>\n<head><title>Sign in</title></head>\n<body><form action="/login" method="post"></form></body>\n</html>\n'
