import { describe, expect, test } from 'vitest'
import { readMultistatus } from '../../../src/server/backup/multistatus.ts'
import { readXml } from '../../../src/server/backup/xml.ts'

const URL = 'https://dav.example/remote.php/dav/files/ann/cc/'
const names = (text: string) => readMultistatus(text, URL).map(({ name, size, isFolder }) => [name, size, isFolder])

describe('answers of servers', () => {
  test('with a prefix of any name, and properties that are not there', () => {
    const text = `<?xml version="1.0"?>
      <d:multistatus xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns">
        <d:response><d:href>/remote.php/dav/files/ann/cc/</d:href>
          <d:propstat><d:prop><d:resourcetype><d:collection/></d:resourcetype></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>
          <d:propstat><d:prop><d:getcontentlength/></d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat></d:response>
        <d:response><d:href>/remote.php/dav/files/ann/cc/a%20%26%20b.txt</d:href>
          <d:propstat><d:prop><d:getcontentlength>12</d:getcontentlength><d:resourcetype/><oc:size>99</oc:size></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>
      </d:multistatus>`
    expect(names(text)).toEqual([
      ['cc', undefined, true],
      ['a & b.txt', 12, false],
    ])
  })

  test('with the namespace as the usual one, absolute addresses, and CDATA', () => {
    const text = `<multistatus xmlns="DAV:"><!-- <response> --><response><href><![CDATA[${URL}x&y]]></href><propstat><prop>
      <getcontentlength>3</getcontentlength><getlastmodified>Sat, 21 Nov 2026 18:00:00 GMT</getlastmodified></prop></propstat></response></multistatus>`
    expect(readMultistatus(text, URL)).toEqual([
      { name: 'x&y', path: '/remote.php/dav/files/ann/cc/x&y', isFolder: false, size: 3, modified: Date.UTC(2026, 10, 21, 18) },
    ])
  })

  test('where the prefix changes within, and other namespaces have the same names', () => {
    const text = `<a:multistatus xmlns:a="DAV:"><b:response xmlns:b="DAV:"><b:href>/f</b:href><c:href xmlns:c="x:">/g</c:href><b:propstat xmlns:b="DAV:">
      <b:prop><getcontentlength>1</getcontentlength></b:prop></b:propstat></b:response></a:multistatus>`
    expect(names(text)).toEqual([['f', undefined, false]])
  })

  test('of what is gone, and without an address', () => {
    const text = `<multistatus xmlns="DAV:"><response><href>/gone</href><status>HTTP/1.1 404 Not Found</status></response>
      <response><propstat><prop/></propstat></response></multistatus>`
    expect(names(text)).toEqual([])
  })

  test.each(['<html xmlns="DAV:"/>', '<multistatus/>', '<multistatus xmlns="DAVE:"/>'])('%s is none', (text) => {
    expect(() => readMultistatus(text, URL)).toThrow('it is no answer of WebDAV')
  })
})

describe('XML', () => {
  test('has the five entities and characters by number', () => {
    expect(readXml('<a>&lt;&amp;&gt;&quot;&apos;&#65;&#x1F600;&other;&#x110000;</a>').text).toBe('<&>"\'A😀&other;&#x110000;')
  })

  test.each([
    '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
    '<a>',
    '<a></b>',
    '<a/><b/>',
    'text',
    '',
    '<a b=c/>',
    '<a b="<"/>',
    '<!-- never ended',
    '<a></a',
  ])('%s is refused', (text) => expect(() => readXml(text)).toThrow(/it is no XML/))

  test('nested deeply is refused, and long text is read in no time', () => {
    expect(() => readXml('<a>'.repeat(1000))).toThrow('nested too deeply')
    const text = `<a>${'<b c="d">e</b>'.repeat(100_000)}</a>`
    expect(readXml(text).children).toHaveLength(100_000)
    expect(() => readXml(`<a ${'b '.repeat(200_000)}`)).toThrow()
    expect(() => readXml(`<a ${'b="" '.repeat(200_000)}`)).toThrow()
  })
})
