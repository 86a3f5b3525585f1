/**
 * Ends a test run with a line for each file in which something failed, one for each tool without which tests were skipped, and one of
 * counts, `N passed, N failed` and `, N skipped` if there are any. Writes the same as JSON to the file that the environment variable
 * COUNT_FILE names. What each test did is the default reporter's to tell.
 */
import { writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import type { Reporter, SerializedError, TestModule, Vitest } from 'vitest/node'

/** How the name of a test that needs a tool tells the command that installs it: to the end of the name of its group, or of brackets. */
const WITHOUT = /skipped without it: ((?:(?! > )[^)])*)/

/** As much of an error as tells what kind of failure it is. */
const oneLine = (message: string): string => message.replaceAll(/\s+/g, ' ').slice(0, 300)

/** The file that ran when an error was thrown, and the line that threw it, as far as vitest knows them. */
const where = (error: SerializedError): string => {
  const file: unknown = error.VITEST_TEST_PATH
  const [top] = error.stacks ?? []
  const line =
    top === undefined
      ? (error.stack ?? '').split('\n').find((text) => text.trim().startsWith('at '))
      : `${top.file}:${top.line}`
  return [file, line?.trim()]
    .filter((part) => typeof part === 'string')
    .map((part) => `${relative(process.cwd(), part.replace(/^at /, ''))}: `)
    .join('')
}

type Counts = { passed: number; failed: number; skipped: number }

export default class CountReporter implements Reporter {
  #counts: Counts = { passed: 0, failed: 0, skipped: 0 }
  #notes: string[] = []
  /** How many tests were skipped for want of a tool, by the command that installs it. */
  readonly #missing = new Map<string, number>()

  onInit(vitest: Vitest): void {
    // The coverage report is written after the last hook that every run calls, so the line waits for the process's end.
    if (!vitest.config.watch) process.once('exit', (exitCode) => this.#finish(exitCode))
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    this.#counts = { passed: 0, failed: 0, skipped: 0 }
    this.#notes = []
    this.#missing.clear()
    for (const module of modules) this.#addModule(module)
    for (const [command, count] of this.#missing) this.#notes.push(`skipped: ${count}, which need: ${command}`)
    this.#counts.failed += unhandledErrors.length
    for (const error of unhandledErrors)
      this.#notes.push(`error outside of a test: ${where(error)}${oneLine(error.message)}`)
  }

  #addModule(module: TestModule): void {
    const failed: string[] = []
    const errors: Pick<SerializedError, 'message'>[] = []
    for (const test of module.children.allTests()) {
      const { state, errors: those } = test.result()
      if (state === 'passed') this.#counts.passed += 1
      else if (state === 'failed') {
        failed.push(test.fullName)
        errors.push(...(those ?? []))
      } else this.#addSkipped(module, test.fullName)
    }
    // A file that does not load, or a hook that throws, has no failed test of its own.
    if (failed.length === 0 && !module.ok()) {
      failed.push('something outside of its tests')
      errors.push(...module.errors(), ...[...module.children.allSuites()].flatMap((suite) => suite.errors()))
    }
    this.#counts.failed += failed.length
    if (failed.length === 0) return
    const why = errors[0] === undefined ? '' : `: ${oneLine(errors[0].message)}`
    this.#notes.push(`failed: ${failed.length} in ${module.relativeModuleId}, first: ${failed[0]}${why}`)
  }

  #addSkipped(module: TestModule, name: string): void {
    this.#counts.skipped += 1
    const [, command] = WITHOUT.exec(name) ?? []
    if (command !== undefined) this.#missing.set(command, (this.#missing.get(command) ?? 0) + 1)
    else this.#notes.push(`skipped: ${module.relativeModuleId} > ${name}`)
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
    if (COUNT_FILE) writeFileSync(COUNT_FILE, `${JSON.stringify({ passed, failed, skipped, notes: this.#notes })}\n`)
  }
}
