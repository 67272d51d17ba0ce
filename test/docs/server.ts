/** `cc-route/server` for the pages: its servers take a free port, and close with the page's test. */
import * as real from 'cc-route/server'

export * from 'cc-route/server'

const open: real.Served[] = []

export const serve: typeof real.serve = async (app, options) => {
  const served = await real.serve(app, { ...options, port: 0, graceMs: 0 })
  open.push(served)
  return served
}

export const closeServers = async (): Promise<void> => {
  await Promise.all(open.splice(0).map((served) => served.close()))
}
