/**
 * The container, and what runs it. There is no Docker here: what each file names is there, and what it runs does what it should.
 */
import { execFile, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { parseConfig } from '../../src/server/config/parse.ts'
import { serve } from '../../src/server/serve.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const dockerfile = read('Dockerfile').replaceAll('\\\n', ' ')
const instructions = (name: string) => [...dockerfile.matchAll(new RegExp(`^\\s*${name} (.*)$`, 'gm'))].map(([, rest]) => rest!.trim())
const words = (text: string) => JSON.parse(text) as string[]

/** A configuration as its container has it, with every variable and file that it names. */
async function configOf(text: string, variables: Record<string, string>, files: Record<string, string> = {}) {
  const readFile = (path: string) => (path in files ? Promise.resolve(files[path]!) : Promise.reject(new Error(`no ${path}`)))
  return (await parseConfig(text, { variables, readers: { readFile, run: () => Promise.reject(new Error('no programs')) } })).config
}

describe('the image', () => {
  const [from, ...more] = instructions('FROM')

  test('copies what there is, in and out', () => {
    const ignored = read('.dockerignore').split('\n')
    const copies = instructions('COPY').map((line) => line.split(' '))
    const sources = copies.filter(([first]) => !first!.startsWith('--')).flatMap((paths) => paths.slice(0, -1))
    expect(sources).toContain('package-lock.json')
    for (const source of sources)
      expect([source, existsSync(join(root, source)), ignored.includes(`!${source}`)]).toEqual([source, true, true])
  })

  test('runs as somebody who is not root, on the Node that the package asks for', () => {
    expect([from, ...more].map((line) => /^node:(\d+)-alpine/.exec(line!)?.[1])).toEqual(['22', '22'])
    expect(instructions('USER')).toEqual(['node'])
  })

  test('listens where the host can reach it, and so asks for keys', async () => {
    const env = Object.fromEntries(
      instructions('ENV').flatMap((line) => line.split(' ').map((pair) => pair.split('=') as [string, string])),
    )
    expect(env).toMatchObject({ CC_ROUTE_HOST: '0.0.0.0', CC_ROUTE_PORT: instructions('EXPOSE')[0] })
    await expect(serve(() => Promise.resolve(new Response()), { hostname: env['CC_ROUTE_HOST'], port: 0 })).rejects.toThrow(/keys/)
  })

  describe('its health check', () => {
    const [program, ...args] = words(/CMD (\[.*\])/.exec(instructions('HEALTHCHECK')[0]!)![1]!)
    const check = (port: number) =>
      new Promise<number | undefined>((resolve) =>
        execFile(program!, args, { env: { PATH: process.env['PATH'], CC_ROUTE_PORT: String(port) } }, (error) =>
          resolve(error ? Number(error.code) : 0),
        ),
      )

    test('tells a server that is well from one that is leaving, and from none', async () => {
      let isReady = true
      const served = await serve(() => Promise.resolve(new Response()), { port: 0, graceMs: 0, isReady: () => isReady })
      expect(await check(served.port)).toBe(0)
      isReady = false
      expect(await check(served.port)).toBe(1)
      await served.close()
      expect(await check(served.port)).toBe(1)
    })
  })

  const isBuilt = existsSync(join(root, 'dist/cli.js'))
  const folder = mkdtempSync(join(tmpdir(), 'cc-route-image-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  test.skipIf(!isBuilt)('has all that the command needs, and stops when it is told to', async () => {
    const copies = instructions('COPY')
      .filter((line) => line.startsWith('--from=build /app/dist'))
      .map((line) => line.split(' ').at(-1)!)
    for (const path of copies) if (existsSync(join(root, path))) cpSync(join(root, path), join(folder, path), { recursive: true })
    cpSync(join(root, 'package.json'), join(folder, 'package.json'))
    const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> }
    for (const name of Object.keys(dependencies)) {
      mkdirSync(dirname(join(folder, 'node_modules', name)), { recursive: true })
      symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name))
    }
    const [program, ...args] = [...words(instructions('ENTRYPOINT')[0]!), ...words(instructions('CMD')[0]!)]
    const env = {
      PATH: process.env['PATH'],
      HOME: folder,
      CC_ROUTE_PORT: '0',
      CC_ROUTE_HOST: '0.0.0.0',
      CC_ROUTE_KEYS: 'a-key-of-its-clients',
    }
    const child = spawn(program!, args, { cwd: folder, env })
    let said = ''
    const ended = new Promise((resolve) => child.once('exit', resolve))
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (chunk: Buffer) => /listens on/.test((said += chunk.toString())) && resolve())
      child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
      void ended.then(() => reject(new Error(said)))
    })
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
  })
})

const milliseconds = (text: string) => Number(/^(\d+)s$/.exec(text)![1]) * 1000

test('Compose gives the container its secrets, and time to end', async () => {
  interface Service {
    build: string
    environment: Record<string, string>
    secrets: string[]
    volumes: string[]
    ports: string[]
    stop_grace_period: string
  }
  const { services, secrets } = parse(read('examples/compose/compose.yaml')) as {
    services: Record<string, Service>
    secrets: Record<string, { file: string }>
  }
  const service = services['cc-route']!
  expect(existsSync(join(root, 'examples/compose', service.build, 'Dockerfile'))).toBe(true)
  expect(service.volumes).toEqual(['./config.jsonc:/etc/cc-route/config.jsonc:ro'])
  expect(Object.keys(secrets)).toEqual(service.secrets)
  for (const port of service.ports) expect(port).toMatch(/^127\.0\.0\.1:/)
  const files = Object.fromEntries(service.secrets.map((name) => [`/run/secrets/${name}`, 'sk-secret']))
  const variables = Object.fromEntries(Object.keys(service.environment).map((name) => [name, 'a-key-of-its-clients']))
  const config = await configOf(read('examples/compose/config.jsonc'), variables, files)
  expect(config.endpoints['openai']!.keys[0]!.key).toBe('sk-secret')
  expect(config.server.keys).toEqual([{ name: 'me', key: 'a-key-of-its-clients' }])
  expect(milliseconds(service.stop_grace_period)).toBeGreaterThan((config.server.leaveMs ?? 0) + config.server.graceMs!)
})

test('Kubernetes asks for its health, gives it its secrets, and time to end', async () => {
  const documents = parseAllDocuments(read('examples/kubernetes/cc-route.yaml')).map(
    (document) => document.toJS() as Record<string, unknown>,
  )
  const one = (kind: string): unknown => documents.find((document) => document['kind'] === kind)
  const { data } = one('ConfigMap') as { data: Record<string, string> }
  interface Container {
    ports: { name: string; containerPort: number }[]
    env: { name: string; valueFrom: { secretKeyRef: { name: string } } }[]
    readinessProbe: { httpGet: { path: string; port: string } }
    livenessProbe: object
    volumeMounts: { name: string; mountPath: string }[]
  }
  interface Pod {
    terminationGracePeriodSeconds: number
    securityContext: object
    containers: [Container]
    volumes: { name: string; configMap: { name: string } }[]
  }
  const pod = (one('Deployment') as { spec: { template: { spec: Pod } } }).spec.template.spec
  const [container] = pod.containers
  const config = await configOf(data['config.jsonc']!, Object.fromEntries(container.env.map(({ name }) => [name, 'a-key-of-its-clients'])))
  expect(pod.terminationGracePeriodSeconds * 1000).toBeGreaterThan(config.server.leaveMs! + config.server.graceMs!)
  expect(container.volumeMounts).toEqual([{ name: pod.volumes[0]!.name, mountPath: '/etc/cc-route', readOnly: true }])
  expect(container.ports).toEqual([{ name: 'http', containerPort: Number(instructions('EXPOSE')[0]) }])
  expect(pod.securityContext).toMatchObject({ runAsNonRoot: true })

  const { path, port } = container.readinessProbe.httpGet
  expect(port).toBe('http')
  let isReady = true
  const served = await serve(() => Promise.resolve(new Response()), {
    port: 0,
    graceMs: 0,
    keys: config.server.keys,
    hosts: 'any',
    isReady: () => isReady,
  })
  // As the kubelet asks: without a key, under the pod's address.
  expect((await fetch(served.url + path)).status).toBe(200)
  isReady = false
  expect((await fetch(served.url + path)).status).toBe(503)
  expect(container.livenessProbe).toEqual({ tcpSocket: { port: 'http' } })
  await served.close()
})
