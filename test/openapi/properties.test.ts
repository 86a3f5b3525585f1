/** Whatever a document says: each operation is told of once, nothing is open that nobody answered for, and the data makes a policy. */
import fc from 'fast-check'
import { definePolicy } from 'plan-access-tokens'
import { policyFromOpenApi } from 'plan-access-tokens/openapi'
import { expect, it } from 'vitest'
import { documentOf, OVERRIDES, POLICY, parameter } from './support.ts'

const SEGMENTS = ['books', '{book}', '{note}', '{page}', '{id}.json', 'x-y', '']
const path = fc
  .array(fc.constantFrom(...SEGMENTS), { minLength: 1, maxLength: 4 })
  .map((segments) => `/${segments.join('/')}`)
const scopes = fc.subarray(['note:read', 'note:delete', 'page:read', 'other'])
const requirement = fc.dictionary(fc.constantFrom('oauth', 'session', 'key'), scopes, { maxKeys: 2 })
const EXTENSIONS = ['free', { kind: 'book' }, { kind: 'note', within: 'path:book' }] as const
const query = fc
  .record({
    name: fc.constantFrom('book', 'note', 'q'),
    required: fc.boolean(),
    extension: fc.option(fc.constantFrom(...EXTENSIONS), { nil: undefined }),
  })
  .map(({ name, required, extension }) =>
    parameter(name, 'query', { required, ...(extension !== undefined && { 'x-plan-resource': extension }) }),
  )
const operation = fc.record(
  {
    security: fc.array(requirement, { maxLength: 3 }),
    parameters: fc.uniqueArray(query, { maxLength: 2, selector: ({ name }) => name }),
  },
  { requiredKeys: [] },
)
const item = fc.dictionary(fc.constantFrom('get', 'post', 'delete', 'head'), operation, { maxKeys: 3 })
/** No two of them claim the same path. */
const paths = fc.uniqueArray(fc.tuple(path, item), {
  minLength: 1,
  maxLength: 6,
  selector: ([one]) => one.replaceAll(/\{\w+\}/g, '{}'),
})

it('holds for any document', async () => {
  await fc.assert(
    fc.asyncProperty(paths, fc.boolean(), async (given, withScopes) => {
      const count = given.flatMap(([, methods]) => Object.keys(methods)).length
      fc.pre(count > 0)
      const { scopes: _, ...rest } = POLICY
      const policy = withScopes ? POLICY : rest
      const { data, report } = await policyFromOpenApi(documentOf(Object.fromEntries(given)), { ...OVERRIDES, policy })
      expect(report.operations).toHaveLength(count)
      expect(report.counts.mapped + report.counts.notReviewed + report.counts.leftOut).toBe(count)
      for (const { route, outcome, endpoint, reasons } of report.operations) {
        expect(data.endpoints[route]).toEqual(endpoint)
        expect(outcome === 'mapped' || reasons.length > 0).toBe(true)
        if (outcome !== 'mapped') expect(endpoint?.closed).toBe(outcome === 'left_out' ? undefined : 'not reviewed')
        if (!endpoint || endpoint.closed !== undefined) continue
        // What the rule does not know is in no open path.
        expect(route.includes('{page}')).toBe(false)
        expect(endpoint.names === 'nothing').toBe(endpoint.public === true)
        expect(endpoint.scopes.length === 0).toBe(endpoint.public === true)
      }
      // An endpoint beside the document's uses what none of them does.
      const known = Object.keys(data.scopes)
      const all = { 'GET /all-scopes': { scopes: known, names: 'plan' } } as const
      expect(() => definePolicy({ ...data, endpoints: { ...data.endpoints, ...all } } as typeof data)).not.toThrow()
    }),
    { numRuns: 300 },
  )
})
