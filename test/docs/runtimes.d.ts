/** What the pages and examples use of other runtimes. The second argument of a handler is the runtime's own. */
type RuntimeHandler<Context> = (request: Request, context: Context) => Response | Promise<Response>

declare const Bun: {
  serve(options: { fetch: RuntimeHandler<{ port: number; stop(): void }>; port?: number | string; idleTimeout?: number }): { url: URL }
}

declare const Deno: {
  serve(handler: RuntimeHandler<{ remoteAddr: { hostname: string } }>): void
  serve(
    options: { port?: number; onListen?: (address: { port: number }) => void },
    handler: RuntimeHandler<{ remoteAddr: { hostname: string } }>,
  ): void
  env: { get(name: string): string | undefined }
}
