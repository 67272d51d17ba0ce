/**
 * Says whether package-lock.json is complete. npm leaves a platform's optional package out, without a word, where the
 * registry lacks it, and the next `npm ci` on any platform refuses the file. The cure is an older version of the parent.
 */
import { readFileSync } from 'node:fs'

/** @type {{ packages: Record<string, { optionalDependencies?: Record<string, string> }> }} */
const lock = JSON.parse(readFileSync(process.argv[2] ?? 'package-lock.json', 'utf8'))

/** @param {string} from @param {string} name */
function isLocked(from, name) {
  for (let at = from; ; at = at.slice(0, at.lastIndexOf('node_modules/')).replace(/\/$/, '')) {
    if (`${at && `${at}/`}node_modules/${name}` in lock.packages) return true
    if (!at) return false
  }
}

const missing = Object.entries(lock.packages).flatMap(([path, entry]) =>
  Object.keys(entry.optionalDependencies ?? {})
    .filter((name) => !isLocked(path, name))
    .map((name) => `${name}, which ${path || 'package.json'} names`),
)
if (missing.length) {
  console.error(`package-lock.json has no entry for:\n${missing.map((line) => `  ${line}`).join('\n')}`)
  process.exitCode = 1
}
