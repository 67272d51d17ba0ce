/**
 * `server` and `log`: what concerns the process rather than the providers.
 *
 * @module
 */
import * as v from 'valibot'
import { choice, count, duration, flag, list, size, text } from './fields.ts'
import { NamedKey } from './key-schema.ts'
import { secret } from './secret.ts'

const PORT = 'a port from 0 to 65535'

const Port = v.pipe(
  v.union(
    [
      v.pipe(v.number(PORT), v.integer(PORT), v.minValue(0, PORT), v.maxValue(65_535, PORT)),
      // A variable gives a text: "${PORT}".
      v.pipe(
        v.string(PORT),
        v.check((digits) => /^\d{1,5}$/.test(digits) && Number(digits) <= 65_535, PORT),
      ),
    ],
    PORT,
  ),
  v.description('The port to listen on; 0 takes a free one. Default 3456.'),
  v.transform(Number),
)

const Limits = v.strictObject(
  {
    bodyBytes: v.optional(size('The largest request body, before and after it is unpacked. Default 32MiB.')),
    depth: v.optional(count('How deep the JSON of a request may be nested. Default 512.', { min: 1 })),
    urlLength: v.optional(count('Characters of a URL. Default 8192.', { min: 1 })),
    streams: v.optional(count('Requests that are being answered at a time. Default 4096.', { min: 1 })),
    streamsPerClient: v.optional(count('Of these, those of one address. Default 256.', { min: 1 })),
    headerBytes: v.optional(size('The line and the headers of a request. Default 32KiB.')),
    headers: v.optional(count('The headers of a request. Default 128.', { min: 1 })),
    headersMs: v.optional(duration("Until a request's headers have come. Default 20s.")),
    bodyMs: v.optional(duration('Until all of a request has come. Default 60s.')),
    stallMs: v.optional(duration('Without a byte amid a request, or of an answer that waits for its client to read. Default 60s.')),
    expansion: v.optional(count('How many times larger a compressed request may become. Default 100.', { min: 1 })),
  },
  'an object of limits',
)

const METRICS = 'true, false, or { "key" }'

export const Server = v.pipe(
  v.strictObject(
    {
      host: v.optional(text('The address to listen on. Anything but loopback needs `keys`. Default 127.0.0.1.')),
      port: v.optional(Port),
      keys: v.optional(
        list(
          'The keys that clients may use. Without any, whoever reaches the server may use it.',
          v.union([secret('A key.'), NamedKey], 'a key, or { "name", "key" }'),
        ),
      ),
      hosts: v.optional(
        list(
          'The host names that the server answers to. Default: those of loopback, or any where keys are asked for.',
          text('A host name.'),
        ),
      ),
      origins: v.optional(
        list(
          'The web origins that may call the server from a browser (CORS). Default: none.',
          text('An origin, such as https://app.example.com.'),
        ),
      ),
      trustedProxies: v.optional(
        list(
          'The addresses of proxies whose X-Forwarded-* headers are believed. Default: none.',
          text('An address or a network: 10.0.0.0/8.'),
        ),
      ),
      limits: v.optional(v.pipe(Limits, v.description('Bounds on what one client can take up.'))),
      leaveMs: v.optional(
        duration(
          'How long before that the server answers everything and says at /health that it is leaving, for load balancers. Default 0.',
        ),
      ),
      graceMs: v.optional(duration('How long requests in flight may go on when the server stops. Default 5s.')),
      admin: v.optional(flag('Serve the admin API and the dashboard. Default true.')),
      adminKey: v.optional(
        secret(
          'The key of the admin API, which takes no other: 16 characters or more, or its hash as "sha256:…". Without it programs of this machine alone may use that API, and nobody where clients need keys.',
        ),
      ),
      metrics: v.optional(
        v.pipe(
          v.union(
            [v.boolean(METRICS), v.strictObject({ key: secret('A key that opens the metrics and nothing else.') }, METRICS)],
            METRICS,
          ),
          v.description(
            'Serve metrics for Prometheus at /metrics, to whoever may use the admin API; { "key" } gives them a key of their own. Default false.',
          ),
        ),
      ),
      telemetry: v.optional(
        flag('Tell OpenTelemetry of requests where an SDK of it is set up in this process. Default true: without an SDK it costs nothing.'),
      ),
      passOn: v.optional(
        flag(
          'Send what is no generation (files, batches, embeddings, images, audio …) as it is to a provider that speaks its protocol. Default true.',
        ),
      ),
      proxy: v.optional(
        text(
          'The proxy for calls to providers: http://, https:// or socks5://, with user and password if need be. Default: what HTTPS_PROXY says.',
        ),
      ),
    },
    'an object',
  ),
  v.description('How the server listens, and whom it answers.'),
)

export const Log = v.pipe(
  v.strictObject(
    {
      level: v.optional(
        choice('The least important messages that are written. Default info.', ['silent', 'error', 'warn', 'info', 'debug']),
      ),
      format: v.optional(choice('How a message is written. Default: pretty on a terminal, json otherwise.', ['pretty', 'json'])),
      file: v.optional(text('The file to write to. Default: standard error.')),
      maxBytes: v.optional(size('The size at which a file is put aside and a new one begun. Default 10MB.')),
      keep: v.optional(count('How many files that were put aside are kept. Default 5.')),
      bodies: v.optional(flag('Write what is asked and answered, too. Default false: it may hold anything.')),
    },
    'an object',
  ),
  v.description('What is written about requests, and where.'),
)
