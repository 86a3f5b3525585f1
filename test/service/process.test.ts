/** What the engine does to the process around it: it keeps it alive while something is waited for, and no longer. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type BuiltProgram, buildProgram } from '../support/built-program.ts'

let program: BuiltProgram
beforeAll(async () => {
  program = await buildProgram(new URL('./fixtures/authorize-once.ts', import.meta.url))
})
afterAll(() => program?.remove())

/** What the process prints until it ends by itself; it is killed, and the test fails, if it does not. */
async function run(how: string, warning = /^$/): Promise<string[]> {
  const options = { timeout: 15_000, env: { ...process.env, NODE_OPTIONS: '' } }
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [program.script, how], options)
  expect(stderr).toMatch(warning)
  return stdout.trim().split('\n')
}

it.each(['at once', 'slowly'])(
  'a process whose store answers %s ends by itself, however long a call may take',
  async (how) => {
    expect(await run(how)).toEqual(['allowed', 'allowed'])
  },
)

it('a process that waits for a store which never answers lives until it has refused the request', async () => {
  expect(await run('never', /^plan-access-tokens: store\.findByDigest failed: TimeoutError/)).toEqual([
    'allowed',
    'unavailable',
  ])
})
