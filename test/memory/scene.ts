/** A served build between a provider and whoever asks, whose memory can be weighed. */
import { dirname } from 'node:path'
import { openProvider, type Proxy } from '../../bench/processes.js'
import { openTarget, TARGETS, type Target } from '../../bench/targets.js'
import type { Command } from '../server/cli/command.ts'

type Provider = Awaited<ReturnType<typeof openProvider>>

/** Codex and others, whose conversations are kept besides. */
const RESPONSES: Target = { name: 'responses-openai', client: 'openai-responses', upstream: 'openai' }

/** @param pace how the provider's streams come */
export async function openScene(command: Command, name: string, pace: Parameters<Provider['pace']>[0]) {
  const target = [...TARGETS, RESPONSES].find((target) => target.name === name)!
  const provider = await openProvider()
  await provider.pace(pace)
  const subject = { node: process.execPath, build: dirname(command.script), command: command.script }
  const proxy = await openTarget(target, { ...subject, providerPort: provider.port, flags: ['--expose-gc'] })
  return {
    client: target.client,
    port: proxy.port,
    /** In KiB, on the heap and outside, once `what` is done. */
    async held(what: Parameters<Proxy['ask']>[0]): Promise<number> {
      const { heapBytes, outsideBytes } = await proxy.ask(what)
      return (heapBytes + outsideBytes) / 1024
    },
    async close() {
      await proxy.close()
      await provider.close()
    },
  }
}
