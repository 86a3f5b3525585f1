/**
 * Figma's published document with the overrides of figma-overrides.ts gives `figmaPolicy()`, endpoint by endpoint, save for the
 * routes that are in no document of Figma's.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { definePolicy } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { type OpenApiPolicy, policyDrift, policyFromOpenApi } from 'plan-access-tokens/openapi'
import { policyMatrix } from 'plan-access-tokens/policy'
import { beforeAll, describe, expect, test } from 'vitest'
import { FIGMA_OVERRIDES } from './figma-overrides.ts'

const text = readFileSync(createRequire(import.meta.url).resolve('@figma/rest-api-spec/openapi/openapi.yaml'), 'utf8')
const ours = figmaPolicy().data
/** In no document of Figma's: docs/figma-conformance.md. */
const UNDOCUMENTED = Object.keys(ours.endpoints).filter((route) => /\/(discovery|code_connect)(\/|$)/.test(route))

let made: OpenApiPolicy
beforeAll(async () => {
  made = await policyFromOpenApi(text, FIGMA_OVERRIDES)
})

describe("Figma's document", () => {
  test('is mapped as a whole: 46 open endpoints and 8 closed ones', () => {
    expect(made.report.counts).toEqual({ operations: 54, mapped: 54, closed: 8, notReviewed: 0, leftOut: 0 })
  })

  test('gives every endpoint of figmaPolicy() but those of which it does not speak', () => {
    const documented = Object.entries(ours.endpoints).filter(([route]) => !UNDOCUMENTED.includes(route))
    expect(made.data.endpoints).toEqual(Object.fromEntries(documented))
    expect(UNDOCUMENTED).toHaveLength(6)
  })

  test('gives a policy that starts, once these are added', () => {
    const added = Object.fromEntries(UNDOCUMENTED.map((route) => [route, ours.endpoints[route]]))
    const policy = definePolicy({ ...made.data, endpoints: { ...made.data.endpoints, ...added } } as typeof made.data)
    expect(policy.data.endpoints).toEqual(ours.endpoints)
    // And so is what it allows.
    expect(policyMatrix(policy).toMarkdown()).toBe(policyMatrix(figmaPolicy()).toMarkdown())
  })

  test('has overrides of fewer than 100 lines', () => {
    const overrides = readFileSync(fileURLToPath(new URL('figma-overrides.ts', import.meta.url)), 'utf8')
    expect(overrides.trimEnd().split('\n').length).toBeLessThan(100)
  })

  test('drifts from figmaPolicy() in these routes alone', async () => {
    const drift = await policyDrift(figmaPolicy(), text)
    expect([...drift.onlyInPolicy].sort()).toEqual([...UNDOCUMENTED].sort())
    expect(drift.onlyInDocument).toEqual([])
    expect(await policyDrift(figmaPolicy(), text, { except: UNDOCUMENTED })).toMatchObject({ text: '' })
  })
})

describe('without the overrides', () => {
  test('nothing is open, and each operation has a reason', async () => {
    const { data, report } = await policyFromOpenApi(text, { policy: FIGMA_OVERRIDES.policy })
    expect(Object.values(data.endpoints).filter(({ closed }) => closed !== 'not reviewed')).toEqual([])
    expect(report.operations.filter(({ reasons }) => reasons.length === 0)).toEqual([])
    expect(report.counts.notReviewed).toBe(54)
  })

  test.each(['resourceOf', 'schemes'] as const)('nothing that %s would have said is guessed', async (field) => {
    const { [field]: _, ...rest } = FIGMA_OVERRIDES
    const { data } = await policyFromOpenApi(text, rest)
    expect(data.endpoints['GET /v1/files/{file_key}']?.closed).toBe('not reviewed')
  })
})
