/** The one signature of this library: what `endpoint`, `pool` and `router` take and give. The global `fetch` has it too. */
export type Fetch = (input: Request | URL | string, init?: RequestInit) => Promise<Response>

/** The request that a call of a {@link Fetch} means. */
export const requestOf = (input: Request | URL | string, init?: RequestInit): Request =>
  input instanceof Request && init === undefined ? input : new Request(input, init)
