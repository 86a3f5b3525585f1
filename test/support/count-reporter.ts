/**
 * Ends a test run with one line of counts, `N passed, N failed` and `, N skipped` if there are any, and writes the same
 * counts as JSON to the file that the environment variable COUNT_FILE names. What each test did is the default
 * reporter's to tell.
 */
import { writeFileSync } from 'node:fs'
import type { Reporter, SerializedError, TestModule, Vitest } from 'vitest/node'

type Counts = { passed: number; failed: number; skipped: number }

export default class CountReporter implements Reporter {
  #counts: Counts = { passed: 0, failed: 0, skipped: 0 }
  #notes: string[] = []

  onInit(vitest: Vitest): void {
    // The coverage report is written after the last hook that every run calls, so the line waits for the process's end.
    if (!vitest.config.watch) process.once('exit', (exitCode) => this.#finish(exitCode))
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    this.#counts = { passed: 0, failed: 0, skipped: 0 }
    this.#notes = []
    for (const module of modules) this.#addModule(module)
    this.#counts.failed += unhandledErrors.length
    if (unhandledErrors.length > 0) this.#notes.push(`errors outside of a test: ${unhandledErrors.length}`)
  }

  #addModule(module: TestModule): void {
    let failedHere = 0
    for (const test of module.children.allTests()) {
      const state = test.result().state
      if (state === 'passed') this.#counts.passed += 1
      else if (state === 'failed') failedHere += 1
      else {
        this.#counts.skipped += 1
        this.#notes.push(`skipped: ${module.relativeModuleId} > ${test.fullName}`)
      }
    }
    // A file that does not load, or a hook that throws, has no failed test of its own.
    if (failedHere === 0 && !module.ok()) {
      failedHere = 1
      this.#notes.push(`failed outside of its tests: ${module.relativeModuleId}`)
    }
    this.#counts.failed += failedHere
  }

  #finish(exitCode: number): void {
    const { passed, skipped } = this.#counts
    let { failed } = this.#counts
    if (exitCode !== 0 && failed === 0) {
      failed = 1
      this.#notes.push('no test failed, but the run did (coverage below its threshold, or no tests): counted as one')
    }
    const line = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
    process.stdout.write(`\n${[...this.#notes, line].join('\n')}\n`)
    const { COUNT_FILE } = process.env
    if (COUNT_FILE) writeFileSync(COUNT_FILE, `${JSON.stringify({ passed, failed, skipped })}\n`)
  }
}
