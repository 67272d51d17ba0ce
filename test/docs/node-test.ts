/** `node:test` as far as the pages use it: runs a test where it stands, so that its failure is the page's. */
const running: Promise<void>[] = []

export function test(_name: string, run: () => void | Promise<void>): void {
  running.push((async () => run())())
}

export const settleTests = async (): Promise<void> => {
  await Promise.all(running.splice(0))
}
