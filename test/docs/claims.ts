/**
 * Turns what a page claims into checks: `expression // => value` must hold. Statements and values of one line each.
 */
export const checkClaims = (code: string): string =>
  code.replace(
    /^([ \t]*)(?:const (\w+) = )?(\S.*?);?[ \t]*\/\/ => (.+)$/gm,
    (_, indent: string, name: string | undefined, expression: string, value: string) =>
      name ? `${indent}const ${name} = ${expression}; claim(${name}, ${value})` : `${indent}claim(${printed(expression)}, ${value})`,
  )

/** What `console.log(x)` would print. */
const printed = (expression: string) => expression.match(/^console\.log\((.*)\)$/)?.[1] ?? expression

/** Names of our test world that stand in for a package while a page's code runs. */
const STAND_INS: Record<string, string> = {
  'cc-route/server': '../server.ts',
  'node:test': '../node-test.ts',
}

/** A page's block as a module that can be imported: its claims checked, and what would stay open after it closed by the test. */
export function moduleOf(code: string): string {
  const standIn = (text: string, name: string, file: string) => text.replaceAll(`'${name}'`, `'${file}'`)
  const body = Object.entries(STAND_INS).reduce((text, [name, file]) => standIn(text, name, file), checkClaims(code))
  return `import { claim } from '../claim.ts'\n${body}\nvoid claim\nexport {}\n`
}
