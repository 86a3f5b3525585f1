/** Real documents: what becomes of their operations is what the table of docs/openapi.md says, and their policies start. */
import { readFileSync } from 'node:fs'
import { definePolicy, type Endpoint } from 'plan-access-tokens'
import { policyDrift, policyFromOpenApi } from 'plan-access-tokens/openapi'
import { describe, expect, test } from 'vitest'
import { DOCUMENTS, DOCUMENTS_COMMAND, pathOf, versionOf } from './documents/documents.ts'
import { rowOf, rowsOf } from './documents/table.ts'

const rows = rowsOf(readFileSync(new URL('../../docs/openapi.md', import.meta.url), 'utf8'))

test('the table has a row for each document', () => {
  expect(rows.map(([name]) => name)).toEqual(DOCUMENTS.map(({ name }) => name))
})

for (const document of DOCUMENTS) {
  const { name, from, overrides } = document
  const path = pathOf(document)
  describe.skipIf(path === undefined)(
    path === undefined ? `${name} (skipped without it: ${DOCUMENTS_COMMAND})` : name,
    () => {
      test('is read as the table says, and gives a policy that starts', async () => {
        const text = readFileSync(path ?? '', 'utf8')
        const { data, report } = await policyFromOpenApi(text, overrides)
        const cells = rowOf(name, `${from} ${versionOf(document)}`, report.counts)
        expect(rows.find(([first]) => first === name)?.slice(0, cells.length)).toEqual(cells)
        const { operations } = report
        expect(operations.filter(({ outcome, reasons }) => outcome !== 'mapped' && reasons.length === 0)).toEqual([])
        // What none of its endpoints uses yet.
        const others = { 'GET /-/all-scopes': { scopes: Object.keys(data.scopes), names: 'plan' } as Endpoint }
        const policy = definePolicy({ ...data, endpoints: { ...data.endpoints, ...others } })
        const except = [
          ...Object.keys(others),
          ...operations
            .filter(({ outcome, reasons }) => outcome === 'left_out' && reasons[0]?.code !== 'judged_as_get')
            .map(({ route }) => route),
        ]
        const options = { except, ...(overrides.basePath !== undefined && { basePath: overrides.basePath }) }
        expect(await policyDrift(policy, text, options)).toMatchObject({ text: '' })
      })
    },
  )
}
