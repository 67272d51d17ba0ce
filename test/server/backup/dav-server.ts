/** A WebDAV server on a socket, with one user and everything in memory; between it and the client a door that can do what servers do at their worst. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { v2 as webdav } from 'webdav-server'

export const USER = 'ann'
export const PASSWORD = 'open-sesame-1234'

/** Answers in the server's place, and returns true. */
export type Door = (request: IncomingMessage, response: ServerResponse) => boolean

export interface DavServer {
  url: string
  /** What was asked, as `METHOD /path`. */
  asked: string[]
  /** Stands before the server from now on. */
  door(door: Door | undefined): void
  close(): Promise<void>
}

export async function davServer(): Promise<DavServer> {
  const userManager = new webdav.SimpleUserManager()
  const privilegeManager = new webdav.SimplePathPrivilegeManager()
  privilegeManager.setRights(userManager.addUser(USER, PASSWORD, false), '/', ['all'])
  const dav = new webdav.WebDAVServer({
    httpAuthentication: new webdav.HTTPBasicAuthentication(userManager, 'test'),
    privilegeManager,
    requireAuthentification: true,
  })
  const asked: string[] = []
  let door: Door | undefined
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${decodeURIComponent(request.url!)}`)
    if (!door?.(request, response)) dav.executeRequest(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  onTestFinished(close)
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, door: (next) => void (door = next), close }
}
