/**
 * `npm run bench -- policy`: how long a matrix and comparisons take of a policy with a thousand operations, in milliseconds: with
 * one endpoint changed, with all of them, with ids that look otherwise, and with nothing changed.
 */
import { definePolicy, type Policy, type PolicyData } from 'plan-access-tokens'
import { diffPolicies, policyMatrix } from 'plan-access-tokens/policy'
import { median, rounded } from './measure.ts'

const OPERATIONS = 1_000
const ROUNDS = 5

/** A second for a matrix, three for a comparison. */
export const POLICY_LIMITS = {
  matrixMs: 1_000,
  'diffMs.nothing': 3_000,
  'diffMs.oneEndpoint': 3_000,
  'diffMs.everyScope': 3_000,
  'diffMs.everyId': 3_000,
} as const

export async function policy(): Promise<object> {
  const before = policyWith({})
  const [route = ''] = Object.keys(before.data.endpoints)
  const oneEndpoint = { ...before.data.endpoints, [route]: { ...before.data.endpoints[route], scopes: ['write'] } }
  const after = {
    nothing: policyWith({}),
    oneEndpoint: definePolicy({ ...before.data, endpoints: oneEndpoint } as PolicyData),
    everyScope: policyWith({ scopes: ['admin', 'write'] }),
    everyId: policyWith({}, { id: 'digits', max: 10 }),
  }
  const diffMs: { [name: string]: number } = {}
  for (const [name, other] of Object.entries(after))
    diffMs[name] = await time(async () => (await diffPolicies(before, other)).toMarkdown())
  return { operations: OPERATIONS, matrixMs: await time(() => policyMatrix(before).toMarkdown()), diffMs }
}

async function time(work: () => unknown): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now()
    await work()
    times.push(performance.now() - start)
  }
  return rounded(median(times))
}

/** Four sorts of endpoints in turn: an id in the path, in a list of the body, told by the query, and one below another. */
function policyWith(more: object, file: object = {}): Policy {
  const endpoints = Object.fromEntries(
    Array.from({ length: OPERATIONS }, (_, i): [string, object] => {
      const path = `/v1/area${i % 50}/thing${i}`
      const [route, endpoint] = [
        [`GET ${path}/{id}`, { scopes: ['read', 'write'], names: [{ kind: 'file', at: 'path:id' }] }],
        [`POST ${path}`, { scopes: ['write'], names: [{ kind: 'file', at: 'body:items[].id' }] }],
        [
          `GET ${path}`,
          {
            scopes: ['read'],
            names: {
              anyOf: [
                { kind: { from: 'query:kind', of: ['file', 'project'] }, at: 'query:id' },
                { kind: 'project', at: 'query:project' },
              ],
              none: 'plan',
            },
          },
        ],
        [
          `DELETE ${path}/{p}/x/{id}`,
          {
            scopes: ['write'],
            names: [
              { kind: 'project', at: 'path:p' },
              { kind: 'file', at: 'path:id', within: 'path:p' },
            ],
          },
        ],
      ][i % 4] as [string, object]
      return [route, { ...endpoint, ...more }]
    }),
  )
  const data = {
    surface: 'bench',
    credential: { headers: [], bearer: true },
    tiers: ['team', 'business'],
    scopes: { write: {}, ...('scopes' in more ? { admin: {} } : { read: {} }) },
    reserved: 'scopes' in more ? { read: {} } : { admin: {} },
    types: { live: { prefix: 'bench' } },
    kinds: { file, project: { id: 'digits' } },
    links: { hosts: [], shapes: [] },
    endpoints,
  }
  return definePolicy(data as unknown as PolicyData)
}
