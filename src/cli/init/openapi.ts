/** The file that `init` writes where a project has an OpenAPI document: what its operations are to a token, and what nobody has said yet. */
import type { Found } from './detect.ts'

/** What the file imports besides, none of which a server needs. */
export const OPENAPI_PACKAGES = ['@seriousme/openapi-schema-validator', 'openapi-types', 'yaml']

/** Prints a report, and the endpoints as JSON with `--endpoints`: a review decides, so nothing is put into the policy by itself. */
export function openApiText({ ending, importEnding }: Found, document: string, folder: string): string {
  return `/**
 * What the operations of ${document.replaceAll('*/', '* /')} are to a token (docs/openapi.md of plan-access-tokens):
 *   node ${folder}/openapi.${ending}              what is not reviewed yet, and what to write
 *   node ${folder}/openapi.${ending} --endpoints  the endpoints, to be put into the policy once they are reviewed
 * Nothing is guessed: an operation that nobody has spoken of is closed.
 */
import { readFileSync } from 'node:fs'
import { policyDrift, policyFromOpenApi } from 'plan-access-tokens/openapi'
import { policy } from './policy.${importEnding}'

const document = readFileSync(new URL(${JSON.stringify(`../${document}`)}, import.meta.url), 'utf8')
const { endpoints: _, scopes: __, ...rest } = policy.data

const { data, report } = await policyFromOpenApi(document, {
  policy: rest,
  // What each security scheme of the document means to a token: { OAuth2: { token: true }, Session: { token: false } }
  schemes: {},
  // Which resource a parameter names: { kind, within }, 'free' for none, undefined where it is not known.
  resourceOf: () => undefined,
  // Single operations, by route or operationId: { getMe: { closed: 'it answers about a person' } }
  endpoints: {},
})
if (process.argv.includes('--endpoints')) console.log(JSON.stringify(data.endpoints, undefined, 2))
else console.log(report.text + '\\n' + (await policyDrift(policy, document)).text)
`
}
