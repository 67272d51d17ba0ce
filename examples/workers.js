/**
 * All four protocols on Cloudflare Workers. The key is a secret of the Worker: `wrangler secret put OPENAI_API_KEY`.
 * Guard a public Worker with a check of your own: whoever may call it uses your key.
 */
import { endpoint } from 'cc-route'

/** @typedef {{ OPENAI_API_KEY?: string, OPENAI_BASE_URL?: string, CLIENT_KEY?: string }} Env */

/** @type {import('cc-route').Fetch | undefined} */
let app

export default {
  /** @param {Request} request @param {Env} env */
  fetch(request, env) {
    const key = request.headers.get('x-api-key') ?? request.headers.get('authorization')?.replace(/^Bearer /, '')
    if (env.CLIENT_KEY && key !== env.CLIENT_KEY) return new Response('Forbidden\n', { status: 403 })
    app ??= endpoint({
      protocol: 'openai',
      baseUrl: env.OPENAI_BASE_URL ?? 'https://api.openai.com/v1',
      apiKey: env.OPENAI_API_KEY,
      model: 'gpt-5.4',
    })
    return app(request)
  },
}
