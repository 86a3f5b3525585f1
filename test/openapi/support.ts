/** Small documents and what is said beside them, for the tests of policies out of documents. */
import type { Endpoint, Issue } from 'plan-access-tokens'
import { SetupError } from 'plan-access-tokens'
import { type OpenApiOverrides, policyFromOpenApi, type ReportedOperation } from 'plan-access-tokens/openapi'

/** The rest of a policy. */
export const POLICY: OpenApiOverrides['policy'] = {
  surface: 'notes',
  credential: { headers: [], bearer: true },
  tiers: ['team', 'business'],
  scopes: { 'note:read': {}, 'note:write': {}, 'page:read': {} },
  reserved: { 'note:delete': {} },
  types: { live: { prefix: 'notes' } },
  kinds: { book: { id: 'digits' }, note: { id: 'digits', parents: ['book'] } },
  links: { hosts: ['notes.example'], shapes: ['/books/{book}[/notes/{note}]'] },
}

/** The scheme that a token of a plan is taken for, one that it is not, and rules that know two parameters. */
export const OVERRIDES: OpenApiOverrides = {
  policy: POLICY,
  schemes: { oauth: { token: true }, session: { token: false } },
  resourceOf: ({ parameter: { name } }) => (name === 'book' || name === 'note' ? { kind: name } : undefined),
}

export const SCHEMES = {
  oauth: {
    type: 'oauth2',
    flows: {
      clientCredentials: {
        tokenUrl: 'https://notes.example/token',
        scopes: { 'note:read': 'Read notes\nand nothing else', 'note:write': '', 'page:read': 'Read pages' },
      },
    },
  },
  session: { type: 'apiKey', in: 'cookie', name: 'session' },
  key: { type: 'apiKey', in: 'header', name: 'X-Key' },
}

type Json = { readonly [field: string]: unknown }

/** A document with these paths; an operation needs no `responses`. */
export function documentOf(paths: { readonly [path: string]: Json }, more: Json = {}): { [field: string]: unknown } {
  const withResponses = (item: Json): Json =>
    Object.fromEntries(
      Object.entries(item).map(([field, value]) =>
        METHODS.includes(field)
          ? [field, { responses: { 200: { description: 'OK' } }, ...(value as Json) }]
          : [field, value],
      ),
    )
  return {
    openapi: '3.1.0',
    info: { title: 'Notes', version: '1' },
    servers: [{ url: 'https://api.notes.example' }],
    components: { securitySchemes: SCHEMES },
    paths: Object.fromEntries(Object.entries(paths).map(([path, item]) => [path, withResponses(item)])),
    ...more,
  }
}
const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']

/** An operation that asks for `note:read`. */
export const READ = { security: [{ oauth: ['note:read'] }] }
/** A parameter as a document has it. */
export const parameter = (name: string, place: 'path' | 'query', more: Json = {}): Json => ({
  ...{ name, in: place, schema: { type: 'string' }, ...(place === 'path' && { required: true }) },
  ...more,
})
/** A body of JSON. */
export const jsonBody = (schema: Json, more: Json = {}): Json => ({
  requestBody: { required: true, content: { 'application/json': { schema } }, ...more },
})

/** What came of the one operation of a document. */
export async function reportedOf(
  path: string,
  item: Json,
  overrides: Partial<OpenApiOverrides> = {},
  more: Json = {},
): Promise<ReportedOperation> {
  const { report } = await policyFromOpenApi(documentOf({ [path]: item }, more), { ...OVERRIDES, ...overrides })
  const [reported] = report.operations
  if (!reported || report.operations.length > 1) throw new Error('The document has not one operation.')
  return reported
}

/** Its endpoint, which has to be open. */
export async function openOf(...given: Parameters<typeof reportedOf>): Promise<Endpoint> {
  const { outcome, endpoint, reasons } = await reportedOf(...given)
  if (outcome !== 'mapped' || !endpoint || endpoint.closed !== undefined)
    throw new Error(`It is ${endpoint?.closed ?? outcome}: ${reasons.map(({ message }) => message).join(' ')}`)
  return endpoint
}

/** The codes of the reasons for which it is not reviewed, with the endpoint closed. */
export async function reasonsOf(...given: Parameters<typeof reportedOf>): Promise<readonly string[]> {
  const { outcome, endpoint, reasons } = await reportedOf(...given)
  if (outcome !== 'not_reviewed' || endpoint?.closed !== 'not reviewed') throw new Error(`It is ${outcome}.`)
  return reasons.map(({ code }) => code)
}

/** The mistakes of a set-up, each as `path: message`. */
export async function mistakesOf(call: () => Promise<unknown>): Promise<readonly string[]> {
  const error = await call().then(
    () => new Error('It was taken.'),
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof SetupError)) throw error
  return error.issues.map(({ path, message }: Issue) => `${path}: ${message}`)
}
