/** Texts for a terminal or a log hold what a document says on one line each, with nothing that a terminal obeys. */
import { policyDrift, policyFromOpenApi } from 'plan-access-tokens/openapi'
import { expect, test } from 'vitest'
import { documentOf, OVERRIDES, POLICY, READ } from './support.ts'

const HOSTILE = 'a\u001b[2J\r\n::error::x\u0085\u2028\u202e\u{e0041}'
const SHOWN = 'a\\u{1b}[2J\\u{d}\\u{a}::error::x\\u{85}\\u{2028}\\u{202e}\\u{e0041}'

test('in a report and a drift', async () => {
  const get = { ...READ, operationId: HOSTILE, security: [{ [HOSTILE]: [] }] }
  const document = documentOf({ [`/${HOSTILE}`]: { get }, '/notes': { get: { ...get, operationId: `${HOSTILE}2` } } })
  const { report } = await policyFromOpenApi(document, OVERRIDES)
  expect(report.operations[0]?.operationId).toBe(HOSTILE)
  const drift = await policyDrift(
    { ...POLICY, scopes: {}, endpoints: { [`GET /x${HOSTILE}`]: READ } } as never,
    document,
  )
  for (const text of [report.text, drift.text]) {
    expect(text).not.toMatch(/[^\P{C}\n]|[\u2028\u2029]|^::/mu)
    expect(text).toContain(`GET /${SHOWN}`)
  }
  expect(report.text).toContain(`GET /notes (${SHOWN}2)`)
  expect(report.text).toContain(`It asks for ${SHOWN}`)
  expect(drift.text).toContain(`GET /x${SHOWN}`)
})
