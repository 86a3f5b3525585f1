/** `leak-rules`, and canaries on the command line: made, shown, and told of in the log. */
import { parse as parseToml } from 'smol-toml'
import { expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { CREATE, migrated, project, SQLITE } from './project.ts'

const CONFIG = 'plan-access-tokens.config.mjs'
const PATTERN = '\\binv_live_[0-9A-Za-z]{38}\\b'

it('leak-rules prints rules for each scanner, of the configuration or of a file', async () => {
  const it = project({ ...SQLITE, 'policy.mjs': "export { policy } from './world.mjs'" })
  const run = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await it.run(['leak-rules', ...args])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    return stdout
  }
  expect(parseToml(await run('--format', 'gitleaks'))).toMatchObject({
    rules: [{ id: 'invoices-live', regex: PATTERN, keywords: ['inv_live_'] }],
  })
  expect(parseYaml(await run('-f', 'trufflehog', '--policy', 'policy.mjs'))).toMatchObject({
    detectors: [{ name: 'invoices_live', regex: { secret: PATTERN } }],
  })
  expect(JSON.parse(await run('-f', 'github'))).toMatchObject({ patterns: [{ pattern: 'inv_live_[0-9A-Za-z]{38}' }] })
  expect(JSON.parse(await run('-f', 'github', '--json'))).toMatchObject({
    patterns: [
      { type: 'live', pattern: PATTERN, samples: expect.arrayContaining([expect.stringContaining('inv_live_')]) },
    ],
  })
  expect(await it.run(['leak-rules'])).toMatchObject({ code: 2, stderr: expect.stringContaining('--format') })
  expect((await it.run(['leak-rules', '-f', 'semgrep'])).code).toBe(2)
})

it('what leak-rules has as a sample is none of the secrets that scan finds in use', async () => {
  const it = await migrated()
  const { patterns } = JSON.parse((await it.run(['leak-rules', '-f', 'github', '--json'])).stdout)
  it.write('samples.txt', patterns[0].samples.join('\n'))
  const { found } = JSON.parse((await it.run(['scan', 'samples.txt', '--json'])).stdout)
  expect(found.map(({ state }: { state: string }) => state)).toEqual(['ended', 'ended', 'ended'])
})

it('create --canary makes one where the configuration says whom it tells, and lists and shows it as such', async () => {
  const it = await migrated()
  expect(await it.run([...CREATE, '--canary'])).toMatchObject({ code: 4, stderr: expect.stringContaining('canar') })
  const told = (SQLITE[CONFIG] ?? '')
    .replace('\n', "\nimport { canaryTokens } from 'plan-access-tokens/leaks'\n")
    .replace('store,', 'store, canaries: canaryTokens(),')
  expect(told).toContain('canaries: canaryTokens()')
  it.write(CONFIG, told)
  const made = await it.run([...CREATE, '--canary', '--json'])
  expect(made.code).toBe(0)
  const { token, secret } = JSON.parse(made.stdout)
  expect(token).toMatchObject({ canary: true })
  expect((await it.run(['list', '--plan', 'acme'])).stdout).toContain('active, canary')
  expect((await it.run(['show', token.id])).stdout).toContain('nothing is let through with it')
  const explained = await it.run(['explain', 'GET /v1/clients/12/invoices', '--token', token.id])
  expect(explained).toMatchObject({ code: 1, stdout: expect.stringContaining('It is a canary') })
  expect((await it.run(['refresh', token.id])).code).toBe(4)
  // Whoever has the secret alone is not told what it is.
  const asked = await it.run(['explain', 'GET /v1/clients/12/invoices'], { input: `${secret}\n` })
  expect(asked.stdout).not.toContain('canary')
  it.write('found.txt', secret)
  expect((await it.run(['scan', 'found.txt', '--revoke', '--yes', '--json'])).stdout).not.toContain('"revoked":true')
  expect((await it.run(['events', '--plan', 'acme'])).stdout).toContain('canary_used')
})
