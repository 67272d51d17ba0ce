/**
 * A vitest reporter whose last words are one plain line of counts, `12 passed, 0 failed, 1 skipped`, for whoever reads
 * the output by machine. A file that could not be loaded and an error outside any test count as failed.
 */
export default class ClosingLine {
  /**
   * @param {readonly import('vitest/node').TestModule[]} modules
   * @param {readonly unknown[]} strayErrors
   */
  onTestRunEnd(modules, strayErrors) {
    const counts = { passed: 0, failed: strayErrors.length, skipped: 0, pending: 0 }
    for (const module of modules) {
      counts.failed += module.errors().length
      for (const suite of module.children.allSuites()) counts.failed += suite.errors().length
      for (const test of module.children.allTests()) counts[test.result().state]++
    }
    // The other reporters may still hold back their own summary.
    process.once('exit', () =>
      console.log(`\n${counts.passed} passed, ${counts.failed + counts.pending} failed, ${counts.skipped} skipped`),
    )
  }
}
