/** `matrix`, `diff` and `drift`: thin over their functions, with exit codes for CI. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { CREATE, migrated, project, SQLITE } from './project.ts'

const CONFIG = 'plan-access-tokens.config.mjs'
/** The policy alone, as a module and as data, and one that lets more through. */
const POLICIES: Readonly<Record<string, string>> = {
  ...SQLITE,
  'policy.mjs': "export { policy } from './world.mjs'",
  'wider.mjs': `
import { definePolicy } from 'plan-access-tokens'
import { policy } from './world.mjs'
const data = structuredClone(policy.data)
data.endpoints['POST /v1/invoices'].scopes = ['invoice:read', 'invoice:write']
export default { policy: definePolicy(data) }`,
}

it('matrix prints what the policy allows, and holds a committed file to it', async () => {
  const it = project(POLICIES)
  const text = await it.run(['matrix'])
  expect(text).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('POST /v1/invoices') })
  const json = JSON.parse((await it.run(['matrix', '--policy', 'policy.mjs', '--json'])).stdout)
  expect(json).toMatchObject([{ surface: 'invoices', endpoints: [{}, {}] }])
  it.write('policy.md', (await it.run(['matrix', '--markdown'])).stdout)
  expect(await it.run(['matrix', '--check', 'policy.md'])).toMatchObject({ code: 0, stdout: '' })
  expect(await it.run(['matrix', '--check', 'policy.md', '--policy', 'wider.mjs'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('matrix --markdown > policy.md'),
  })
})

it('diff says who gains, with the living tokens that it concerns, and ends as it is told to', async () => {
  const it = await migrated(POLICIES)
  const { token } = JSON.parse((await it.run([...CREATE, '--json'])).stdout)
  const change = ['diff', 'policy.mjs', '--policy', 'wider.mjs']
  const text = await it.run(change)
  expect(text).toMatchObject({ code: 1, stderr: '', stdout: expect.stringContaining('WIDER') })
  expect((await it.run([...change, '--markdown', '--plan', 'acme'])).stdout).toContain(token.id)
  expect((await it.run([...change, '--fail-on', 'never'])).code).toBe(0)
  expect((await it.run(['diff', 'wider.mjs', '--fail-on', 'wider'])).code).toBe(0)
  expect((await it.run(['diff', 'wider.mjs'])).code).toBe(1)
  expect(JSON.parse((await it.run([...change, '--json'])).stdout)).toHaveLength(1)
  // The configuration itself, and data that was written down.
  expect((await it.run(['diff', CONFIG])).code).toBe(0)
  const data = await it.run(['matrix', '--json'])
  expect(data.code).toBe(0)
})

it('diff takes the data of a policy as JSON', async () => {
  const it = project({
    ...POLICIES,
    'write.mjs':
      "import { writeFileSync } from 'node:fs'\nimport { policy } from './world.mjs'\nwriteFileSync(new URL('before.json', import.meta.url), JSON.stringify(policy.data))\nexport default {}",
  })
  await it.run(['list', '--plan', 'acme', '--config', 'write.mjs'])
  expect(readFileSync(join(it.folder, 'before.json'), 'utf8')).toContain('invoices')
  expect((await it.run(['diff', 'before.json'])).code).toBe(0)
  expect((await it.run(['diff', 'before.json', '--policy', 'wider.mjs'])).code).toBe(1)
})

it('drift says which routes are in one alone', async () => {
  const operation = { responses: { 200: { description: 'OK' } } }
  const client = { name: 'client', in: 'path', required: true, schema: { type: 'string' } }
  const document = {
    openapi: '3.1.0',
    info: { title: 'Invoices', version: '1' },
    paths: {
      '/v1/clients/{client}/invoices': { get: { parameters: [client], ...operation } },
      '/v1/invoices': { post: operation, get: operation },
    },
  }
  const it = project({ ...POLICIES, 'openapi.json': JSON.stringify(document) })
  const { code, stdout } = await it.run(['drift', 'openapi.json'])
  expect({ code, stdout }).toEqual({ code: 1, stdout: 'Only in the document:\n  GET /v1/invoices\n' })
  const known = await it.run(['drift', 'openapi.json', '--except', 'GET /v1/invoices', '--json'])
  expect(known).toMatchObject({ code: 0, stdout: '{"onlyInPolicy":[],"onlyInDocument":[]}\n' })
  expect(await it.run(['drift', 'openapi.json', '--except', 'GET /v1/invioces'])).toMatchObject({ code: 3 })
})

it('what a policy or a document says reaches no terminal as it is', async () => {
  const odd = 'b\u001b[1A\u001b[2K\u009b\u202e'
  const world = (SQLITE['world.mjs'] as string).replace(
    "'POST /v1/invoices': {",
    `'DELETE /v1/invoices': { scopes: ['invoice:read'], names: 'nothing', closed: ${JSON.stringify(odd)} },\n'POST /v1/invoices': {`,
  )
  const operation = { responses: { 200: { description: 'OK' } } }
  const document = {
    openapi: '3.1.0',
    info: { title: 'a', version: '1' },
    paths: { [`/v1/${odd}`]: { get: operation } },
  }
  const it = project({ ...SQLITE, 'world.mjs': world })
  it.write('old/world.mjs', SQLITE['world.mjs'] as string)
  it.write('old/policy.mjs', POLICIES['policy.mjs'] as string)
  it.write('openapi.json', JSON.stringify(document))
  const change = ['diff', 'old/policy.mjs']
  const lines = [['matrix'], ['matrix', '--markdown'], change, [...change, '--markdown'], ['drift', 'openapi.json']]
  for (const args of [...lines, ...lines.map((line) => [...line, '--json'])]) {
    const { code, stdout, stderr } = await it.run(args)
    expect([0, 1]).toContain(code)
    expect(stdout).not.toBe('')
    expect(stdout + stderr).not.toMatch(/(?!\n)[\p{Cc}\u202e]/u)
  }
})

it.each<[string, readonly string[], number, RegExp]>([
  ['a file that is not there', ['diff', 'none.mjs'], 3, /none\.mjs cannot be loaded/],
  ['a document that is not there', ['drift', 'none.yaml'], 6, /none\.yaml cannot be used: it does not exist/],
  ['a module without a policy', ['matrix', '--policy', 'none.mjs'], 3, /exports no policy/],
  ['a surface that is not there', ['matrix', '--surface', 'bills'], 2, /There are: invoices\./],
  ['JSON that is none', ['diff', 'bad.json'], 6, /bad\.json is no JSON/],
  [
    'JSON with a route twice',
    ['matrix', '--policy', 'twice.json'],
    6,
    /twice\.json has an object with the same field twice/,
  ],
  ['JSON that is no policy', ['diff', 'empty.json'], 3, /surface: is missing/],
])('%s is told', async (_, args, code, says) => {
  const files = {
    ...POLICIES,
    'bad.json': '{',
    'twice.json': '{"endpoints":{"GET /a":{"closed":"no"},"GET /a":{"scopes":[]}}}',
    'empty.json': '{}',
    ...(args[0] === 'matrix' && { 'none.mjs': 'export const a = 1' }),
  }
  const outcome = await project(files).run(args)
  expect(outcome).toMatchObject({ code, stdout: '' })
  expect(outcome.stderr).toMatch(says)
})
