/**
 * Reads what a WebDAV server says of a folder: the answer to PROPFIND.
 *
 * @module
 * @see https://www.rfc-editor.org/rfc/rfc4918#section-14.16
 */
import { readXml, type XmlElement } from './xml.ts'

/** The properties that are asked for. */
export const PROPFIND_BODY =
  '<?xml version="1.0" encoding="utf-8"?><propfind xmlns="DAV:"><prop><resourcetype/><getcontentlength/><getlastmodified/></prop></propfind>'

/** What is known of a file or folder at the server. */
export interface RemoteEntry {
  /** The last part of its address, decoded; empty for the top. */
  name: string
  /** The path of its address, without a slash at the end. */
  path: string
  isFolder: boolean
  /** In bytes. */
  size?: number
  /** Milliseconds since 1970. */
  modified?: number
}

/** @param url what was asked about: addresses may be told relative to it. @throws Error for what is no such answer */
export function readMultistatus(text: string, url: string): RemoteEntry[] {
  const root = readXml(text)
  if (!isDav(root, 'multistatus')) throw new Error('it is no answer of WebDAV')
  return all(root, 'response').flatMap((response) => {
    const href = first(response, 'href')?.text.trim()
    if (!href || !URL.canParse(href, url)) return []
    const props = all(response, 'propstat')
      .filter((propstat) => / 2\d\d( |$)/.test(first(propstat, 'status')?.text.trim() ?? ' 200'))
      .flatMap((propstat) => all(propstat, 'prop'))
    // What is not there any more has a status and no properties.
    if (!props.length) return []
    const found = (name: string) => props.map((prop) => first(prop, name)).find(Boolean)
    const size = Number(found('getcontentlength')?.text.trim() || Number.NaN)
    const modified = Date.parse(found('getlastmodified')?.text.trim() ?? '')
    const path = pathOf(new URL(href, url))
    return [
      {
        name: plain(path.slice(path.lastIndexOf('/') + 1)),
        path,
        isFolder: Boolean(found('resourcetype') && first(found('resourcetype')!, 'collection')),
        ...(Number.isSafeInteger(size) && size >= 0 && { size }),
        ...(Number.isFinite(modified) && { modified }),
      },
    ]
  })
}

/** The same for all ways to write the same address. */
export const pathOf = (url: URL): string => plain(url.pathname.replace(/\/+$/, ''))

const isDav = (element: XmlElement, name: string): boolean => element.space === 'DAV:' && element.name === name
const all = (element: XmlElement, name: string): XmlElement[] => element.children.filter((child) => isDav(child, name))
const first = (element: XmlElement, name: string): XmlElement | undefined => element.children.find((child) => isDav(child, name))

function plain(encoded: string): string {
  try {
    return decodeURIComponent(encoded)
  } catch {
    return encoded
  }
}
