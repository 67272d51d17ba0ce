/**
 * Writes the CommonJS twin of each declaration file in dist: the same text, but for the extension of the files beside it. Making them
 * by another compilation takes as long again as the rest of the build.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

for (const file of readdirSync('dist').filter((name) => name.endsWith('.d.ts'))) {
  const text = readFileSync(`dist/${file}`, 'utf8').replaceAll(/(from |import\()'(\.\/[^']+)\.js'/g, "$1'$2.cjs'")
  writeFileSync(`dist/${file.replace(/\.d\.ts$/, '.d.cts')}`, text)
}
