/** `withReach`: fails a handler of lists that shows too much, or too little, and a test that proves nothing. */
import { createPlanTokens, definePolicy, memoryStore, type Reach, type ResourceRef } from 'plan-access-tokens'
import { requestWith, testDirectory, withReach } from 'plan-access-tokens/testing'
import { expect, it } from 'vitest'

const policy = definePolicy({
  surface: 'test',
  credential: { headers: [], bearer: true },
  tiers: ['organization'],
  scopes: { read: {} },
  types: { live: { prefix: 'test' } },
  kinds: { project: {}, file: { parents: ['project'] } },
  links: { hosts: ['x.test'], shapes: ['/p/{project}', '/f/{file}'] },
  endpoints: { 'GET /files': { scopes: ['read'], names: 'filtered' } },
})
const directory = testDirectory({
  acme: { admins: ['ada'], resources: { 'project:1': { 'file:A': {} }, 'project:2': { 'file:B': {}, 'file:C': {} } } },
  other: { resources: { 'file:Z': {} } },
})
const tokens = createPlanTokens({ policy, store: memoryStore(), directory })
const decisionFor = async (resources: 'all' | readonly string[]) => {
  const input = { actor: 'ada', planId: 'acme', type: 'live', name: 'n', lifetimeDays: 1, scopes: ['read'] } as const
  const { secret } = await tokens.create({ ...input, resources })
  return tokens.authorize(requestWith(secret, 'GET /files'))
}
const limited = await decisionFor(['https://x.test/p/1', 'https://x.test/f/B'])
const all = await decisionFor('all')

const files = (...ids: readonly string[]): readonly ResourceRef[] => ids.map((id) => ({ kind: 'file', id }))
const among = files('A', 'B', 'C', 'Z')
const showing = (ids: readonly string[]) => ({
  handler: async () => ({ files: ids }),
  resourcesOf: (answer: { readonly files: readonly string[] }) => files(...answer.files),
})

it('gives what the handler answers, which it gets the decision for', async () => {
  const seen: Reach[] = []
  const handler = ({ reach }: { readonly reach: Reach }) => {
    seen.push(reach)
    return ['A', 'B']
  }
  const options = { decision: limited, directory, handler, resourcesOf: (ids: readonly string[]) => files(...ids) }
  expect(await withReach({ ...options, among })).toEqual(['A', 'B'])
  expect(await withReach(options)).toEqual(['A', 'B'])
  expect(seen[0]).toEqual({ project: ['1'], file: ['B'] })
})

it.each([
  ['one too many', limited, ['A', 'B', 'C'], /shows what the token may not see: file:C\./],
  ['what lies in another plan', all, ['A', 'B', 'C', 'Z'], /may not see: file:Z\./],
  ['what does not exist', all, ['A', 'none'], /may not see: file:none\./],
  ['one too few', limited, ['B'], /leaves out what the token may see: file:A\./],
  ['nothing', limited, [], /leaves out what the token may see: file:A, file:B\./],
] as const)('fails a handler that shows %s', async (_, decision, ids, message) => {
  await expect(withReach({ decision, directory, ...showing(ids), among })).rejects.toThrow(message)
})

it('looks only at what is shown where it is not told what there is', async () => {
  await expect(withReach({ decision: limited, directory, ...showing([]) })).resolves.toEqual({ files: [] })
  await expect(withReach({ decision: limited, directory, ...showing(['C']) })).rejects.toThrow(/file:C/)
})

it('takes no test that proves nothing, and no decision that was not awaited or was denied', async () => {
  const test = { decision: limited, directory, ...showing(['A']) }
  for (const proves of [files('A', 'B'), files('C', 'Z'), []])
    await expect(withReach({ ...test, among: proves })).rejects.toThrow(/among: must hold resources that/)
  await expect(withReach({ ...test, decision: decisionFor('all') as never })).rejects.toThrow(/await it first/)
  const denied = await tokens.authorize(requestWith('x', 'GET /files'))
  await expect(withReach({ ...test, decision: denied })).rejects.toThrow(/denied with token_malformed/)
  await expect(withReach({} as never)).rejects.toThrow(
    /decision: [\s\S]*directory: [\s\S]*handler: [\s\S]*resourcesOf: /,
  )
})

it('asks for the place of what is above, where a kind is under another one', async () => {
  const npm = definePolicy({
    ...policy.data,
    kinds: { scope: {}, package: { parents: ['scope'], under: true } },
    links: { hosts: ['x.test'], shapes: ['/s/{scope}[/{package}]'] },
  } as typeof policy.data)
  const places = testDirectory({ acme: { admins: ['ada'], resources: { 'scope:a': {}, 'scope:b': {} } } })
  const engine = createPlanTokens({ policy: npm, store: memoryStore(), directory: places })
  const input = { actor: 'ada', planId: 'acme', type: 'live', name: 'n', lifetimeDays: 1, scopes: ['read'] } as const
  const { secret } = await engine.create({ ...input, resources: ['https://x.test/s/a'] })
  const decision = await engine.authorize(requestWith(secret, 'GET /files'))
  const show = (...ids: readonly string[]) =>
    withReach({
      ...{ decision, directory: places, policy: npm, handler: () => ids },
      resourcesOf: (shown) => shown.map((id) => ({ kind: 'package', id })),
    })
  await expect(show('a/one', 'a/two')).resolves.toEqual(['a/one', 'a/two'])
  await expect(show('a/one', 'b/one')).rejects.toThrow('may not see: package:b/one.')
})
