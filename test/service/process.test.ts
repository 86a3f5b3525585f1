/** What the engine does to the process around it: it keeps it alive while something is waited for, and no longer. */
import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
const script = fileURLToPath(new URL('./fixtures/authorize-once.ts', import.meta.url))

/** What the process prints until it ends by itself; it is killed, and the test fails, if it does not. */
async function run(how: string, warning = /^$/): Promise<string[]> {
  const options = { cwd: root, timeout: 15_000, env: { ...process.env, NODE_OPTIONS: '' } }
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--import', tsx, script, how], options)
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
