/**
 * Reads XML that a server sent, as far as answers of WebDAV need it: elements, namespaces, text. There are no documents of one's own making
 * in it: a DOCTYPE is refused, so that no entity can be defined, fetched or expanded.
 *
 * @module
 * @see https://www.w3.org/TR/xml-names/
 */

export interface XmlElement {
  /** The namespace that the element's prefix stands for, whatever the prefix is; empty where it has none. */
  space: string
  name: string
  children: XmlElement[]
  /** The text directly in it. */
  text: string
}

/** Answers are a few levels deep. */
const MAX_DEPTH = 32

const TOKEN =
  /<!--[^]*?-->|<\?[^]*?\?>|<!\[CDATA\[([^]*?)\]\]>|<\/([^\s<>/]+)\s*>|<([^\s<>/!?]+)((?:\s+[^\s<>=/]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|([^<]+)/gy
const ATTRIBUTE = /([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g

interface Open {
  element: XmlElement
  /** As it is written, to find its end by. */
  tag: string
  spaces: Readonly<Record<string, string>>
}

/** The outermost element. @throws Error for what is no XML, or XML with a DOCTYPE */
export function readXml(text: string): XmlElement {
  const top: XmlElement = { space: '', name: '', children: [], text: '' }
  const open: Open[] = [{ element: top, tag: '', spaces: { xml: 'http://www.w3.org/XML/1998/namespace' } }]
  const source = text.replace(/^\uFEFF/, '')
  TOKEN.lastIndex = 0
  for (let at = 0; at < source.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at
    const token = TOKEN.exec(source)
    if (!token) throw new Error('it is no XML, or XML of a kind that is not read')
    const [, data, end, start, attributes = '', isEmpty, characters] = token
    const within = open.at(-1)!
    if (end !== undefined) {
      if (within.tag !== end) throw new Error(`it is no XML: <${within.tag}> ends as </${end}>`)
      open.pop()
    } else if (start !== undefined) {
      const spaces = { ...within.spaces, ...declared(attributes) }
      const [local, prefix = ''] = start.split(':').toReversed() as [string, string?]
      const element: XmlElement = { space: Object.hasOwn(spaces, prefix) ? spaces[prefix]! : '', name: local, children: [], text: '' }
      within.element.children.push(element)
      if (!isEmpty) open.push({ element, tag: start, spaces })
      if (open.length > MAX_DEPTH) throw new Error('it is XML that is nested too deeply')
    } else if (data !== undefined) within.element.text += data
    else if (characters !== undefined) within.element.text += decoded(characters)
  }
  const [root, ...more] = top.children
  if (open.length > 1 || !root || more.length || top.text.trim()) throw new Error('it is no XML, or only a part of it')
  return root
}

/** What prefixes stand for from here on. */
function declared(attributes: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [, name = '', one, two = ''] of attributes.matchAll(ATTRIBUTE)) {
    if (name === 'xmlns') found[''] = decoded(one ?? two)
    else if (name.startsWith('xmlns:')) found[name.slice('xmlns:'.length)] = decoded(one ?? two)
  }
  return found
}

/** All that there is without a DOCTYPE. */
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }
const LAST_CODE_POINT = 0x10_ffff

const decoded = (text: string): string =>
  text.replaceAll(/&(?:#x([\da-f]{1,6})|#(\d{1,7})|(\w+));/gi, (whole: string, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return Object.hasOwn(ENTITIES, name) ? ENTITIES[name]! : whole
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
    return code <= LAST_CODE_POINT ? String.fromCodePoint(code) : whole
  })
