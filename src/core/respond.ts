/**
 * Answers whose body is a source: whoever is in this process takes the source, everybody else sees an ordinary `Response`.
 *
 * @module
 */
import { createAttachment } from './attachment.ts'
import { sourceOf, streamOf, type ByteSource } from './byte-source.ts'
import { lazyHeadersClass } from './lazy-headers.ts'

const sources = createAttachment<Response, ByteSource>('source')

/**
 * A Response whose body is `source`; what `init` holds is not to be changed afterwards. Until somebody touches the body as a stream, {@link takeSource} can have the source itself.
 *
 * @throws RangeError for a status below 200 or above 599
 */
export function respondWith(source: ByteSource, init: ResponseInit): Response {
  const response = LazyResponse ? new LazyResponse(init) : new Response(streamOf(source), init)
  sources.set(response, source)
  return response
}

/** A Response whose body is `text`, for whoever takes its source all at once. */
export function respondText(text: string, init: ResponseInit): Response {
  const response = LazyResponse ? new LazyResponse(init) : new Response(text, init)
  const start: ByteSource['start'] = (sink) => {
    if (text) sink.write(text)
    sink.end()
  }
  sources.set(response, { start, pause() {}, resume() {}, cancel() {}, whole: text })
  return response
}

/** The source that a response was made with; `undefined` where there is none. Takes the body: afterwards nobody else may read it. */
export function takePushed(response: Response): ByteSource | undefined {
  const source = sources.get(response)
  if (source) sources.set(response, undefined)
  return source
}

/** The source of any response's body; `undefined` where it has none. Takes the body: afterwards nobody else may read it. */
export const takeSource = (response: Response): ByteSource | undefined =>
  takePushed(response) ?? (response.body ? sourceOf(response.body) : undefined)

/** The same answer with its body changed on its way: where no stream was made yet, the very same Response. */
export function throughBody(response: Response, change: (source: ByteSource) => ByteSource): Response {
  const pushed = takePushed(response)
  const source = pushed ?? takeSource(response)
  if (!source) return response
  const changed = change(source)
  if (pushed && LazyResponse && response instanceof LazyResponse) {
    sources.set(response, changed)
    return response
  }
  const { status, statusText, headers } = response
  return respondWith(changed, { status, statusText, headers })
}

let LazyResponse: ReturnType<typeof lazyResponseClass> | undefined

/**
 * From now on Headers and streams are made only for those who touch them. They cost more than all else about a small answer, and mostly
 * nobody does. Only for Node, where Responses are JavaScript to the end: other runtimes look past the getters that this hangs on.
 */
export const respondLazily = (): void => void (LazyResponse ??= lazyResponseClass())

/** Called when wanted: Node loads its own Response with the first use. */
const lazyResponseClass = () => {
  const LazyHeaders = lazyHeadersClass()
  class LazyResponse {
    readonly status: number
    readonly statusText: string
    #given: HeadersInit | undefined
    #headers: Headers | undefined
    #made: Response | undefined
    constructor({ status = 200, statusText = '', headers }: ResponseInit) {
      if (!(status >= 200 && status <= 599)) throw new RangeError(`status ${status}: an answer has one from 200 to 599`)
      this.status = status
      this.statusText = statusText
      this.#given = headers
    }
    get #whole(): Response {
      const { status, statusText, headers } = this
      const source = this.#made ? undefined : takePushed(this as unknown as Response)
      return (this.#made ??= new Response(source && streamOf(source), { status, statusText, headers }))
    }
    get headers(): Headers {
      if (this.#headers) return this.#headers
      const headers = (this.#headers = new LazyHeaders(this.#given))
      this.#given = undefined
      return headers
    }
    get ok(): boolean {
      return this.status >= 200 && this.status < 300
    }
    get type(): ResponseType {
      return 'default'
    }
    get url(): string {
      return ''
    }
    get redirected(): boolean {
      return false
    }
    get body(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
      return this.#whole.body
    }
    get bodyUsed(): boolean {
      return this.#made ? this.#made.bodyUsed : !sources.get(this as unknown as Response)
    }
    clone(): Response {
      const { status, statusText, headers } = this
      return new Response(this.#whole.clone().body, { status, statusText, headers })
    }
    text(): Promise<string> {
      return this.#whole.text()
    }
    json(): Promise<unknown> {
      return this.#whole.json()
    }
    arrayBuffer(): Promise<ArrayBuffer> {
      return this.#whole.arrayBuffer()
    }
    bytes(): Promise<Uint8Array> {
      return this.#whole.bytes()
    }
    blob(): Promise<Blob> {
      return this.#whole.blob()
    }
    formData(): Promise<FormData> {
      return this.#whole.formData()
    }
  }
  Object.setPrototypeOf(LazyResponse.prototype, Response.prototype)
  return LazyResponse as unknown as new (init: ResponseInit) => Response
}
