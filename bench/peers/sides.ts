/** What each library is asked for one request: the nearest that it has to `authorize`. Every answer is checked. */
import type { RequestLike } from 'plan-access-tokens'
import type { World } from '../engine-world.ts'
import type { Side } from '../measure.ts'
import { importPeer } from './import.ts'

/** A request with its secret in a header, as `requestsFor` makes it. */
export type Asked = Pick<RequestLike, 'method' | 'url'> & { readonly headers: { readonly [name: string]: string } }

const SCOPE = 'file_content:read'
const headerOf = ({ headers }: Asked): string => headers['x-figma-token'] ?? ''

/** Asks again and again, one request after the other. */
export function sideOf(requests: readonly Asked[], ask: (request: Asked) => unknown): Side {
  return async (times) => {
    for (let i = 0; i < times; i++) {
      const answer = ask(requests[i % requests.length] as Asked)
      // Waiting for what is there already would be counted to a library that answers at once.
      const allowed = typeof answer === 'boolean' ? answer : await answer
      if (allowed !== true) throw new Error(`A request was refused: ${JSON.stringify(allowed)}`)
    }
  }
}

/** The package, asked as a guard asks it: at once where it answers at once. */
export function ours({ tokens }: World, requests: readonly Asked[]): Side {
  return sideOf(requests, (request) => {
    const decision = tokens.decide(request)
    return 'allowed' in decision ? decision.allowed : decision.then(({ allowed }) => allowed)
  })
}

/** The same requests, each with another secret. */
function withSecrets(requests: readonly Asked[], secrets: readonly string[]): readonly Asked[] {
  return requests.map((request, i) => ({
    ...request,
    headers: { ...request.headers, 'x-figma-token': secrets[i] ?? '' },
  }))
}

interface PrefixedApiKey {
  generateAPIKey(options: {
    readonly keyPrefix: string
  }): Promise<{ readonly token: string; readonly longTokenHash: string }>
  extractShortToken(token: string): string
  checkAPIKey(token: string, hash: string): boolean
}

export async function prefixedApiKey(folder: string, requests: readonly Asked[]): Promise<Side> {
  const { generateAPIKey, extractShortToken, checkAPIKey } = await importPeer<PrefixedApiKey>(
    folder,
    'prefixed-api-key',
  )
  const keys = await Promise.all(requests.map(() => generateAPIKey({ keyPrefix: 'figpat' })))
  const hashes = new Map(keys.map(({ token, longTokenHash }) => [extractShortToken(token), longTokenHash]))
  const asked = withSecrets(
    requests,
    keys.map(({ token }) => token),
  )
  return sideOf(asked, (request) => {
    const key = headerOf(request)
    const hash = hashes.get(extractShortToken(key))
    return hash !== undefined && checkAPIKey(key, hash)
  })
}

/** What a JSON Web Token says here; one for each request. */
const claimsOf = (_: Asked, i: number) => ({ sub: `token-${i}`, plan: '123456789', scopes: [SCOPE] })
const holdsScope = ({ scopes }: { readonly scopes?: unknown }): boolean =>
  Array.isArray(scopes) && scopes.includes(SCOPE)

interface FastJwt {
  createSigner(options: object): (claims: object) => string
  createVerifier(options: object): (token: string) => { readonly scopes?: unknown }
}

export async function fastJwt(folder: string, requests: readonly Asked[], cache: number | false): Promise<Side> {
  const { createSigner, createVerifier } = await importPeer<FastJwt>(folder, 'fast-jwt')
  const key = 'a key of no less than thirty-two characters'
  const sign = createSigner({ key, algorithm: 'HS256', expiresIn: '90d' })
  const verify = createVerifier({ key, algorithms: ['HS256'], cache })
  const asked = withSecrets(
    requests,
    requests.map(claimsOf).map((claims) => sign(claims)),
  )
  return sideOf(asked, (request) => holdsScope(verify(headerOf(request))))
}

interface SignJwt {
  setProtectedHeader(header: object): SignJwt
  setExpirationTime(time: string): SignJwt
  sign(key: unknown): Promise<string>
}
interface Jose {
  readonly SignJWT: new (claims: object) => SignJwt
  generateSecret(alg: string): Promise<unknown>
  generateKeyPair(alg: string): Promise<{ readonly publicKey: unknown; readonly privateKey: unknown }>
  jwtVerify(token: string, key: unknown, options: object): Promise<{ readonly payload: { readonly scopes?: unknown } }>
}

export async function jose(folder: string, requests: readonly Asked[], alg: 'HS256' | 'EdDSA'): Promise<Side> {
  const { SignJWT, generateSecret, generateKeyPair, jwtVerify } = await importPeer<Jose>(folder, 'jose')
  const secret = alg === 'HS256' ? await generateSecret(alg) : undefined
  const { publicKey, privateKey } = secret ? { publicKey: secret, privateKey: secret } : await generateKeyPair(alg)
  const signed = await Promise.all(
    requests
      .map(claimsOf)
      .map((claims) => new SignJWT(claims).setProtectedHeader({ alg }).setExpirationTime('90d').sign(privateKey)),
  )
  return sideOf(withSecrets(requests, signed), async (request) =>
    holdsScope((await jwtVerify(headerOf(request), publicKey, { algorithms: [alg] })).payload),
  )
}

interface Casl {
  createMongoAbility(rules: readonly object[]): { can(action: string, subject: object): boolean }
  subject(type: string, fields: object): object
}

export async function casl(folder: string, requests: readonly Asked[]): Promise<Side> {
  const { createMongoAbility, subject } = await importPeer<Casl>(folder, '@casl/ability')
  const rules = [{ action: SCOPE, subject: 'file', conditions: { plan: '123456789', workspaces: '1' } }]
  const abilities = new Map(requests.map((request) => [headerOf(request), createMongoAbility(rules)]))
  return sideOf(requests, (request) => {
    const file = { plan: '123456789', workspaces: ['1'], key: request.url.slice('/v1/files/'.length) }
    return abilities.get(headerOf(request))?.can(SCOPE, subject('file', file)) ?? false
  })
}

interface Casbin {
  newModelFromString(text: string): unknown
  newEnforcer(model: unknown): Promise<Enforcer>
}
interface Enforcer {
  addPolicies(rules: readonly (readonly string[])[]): Promise<boolean>
  addGroupingPolicies(rules: readonly (readonly string[])[]): Promise<boolean>
  enforceSync(...request: readonly string[]): boolean
}

const MODEL = `
[request_definition]
r = sub, obj, act
[policy_definition]
p = sub, obj, act
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = g(r.sub, p.sub) && keyMatch2(r.obj, p.obj) && r.act == p.act
`

export async function casbin(folder: string, requests: readonly Asked[]): Promise<Side> {
  const { newModelFromString, newEnforcer } = await importPeer<Casbin>(folder, 'casbin')
  const enforcer = await newEnforcer(newModelFromString(MODEL))
  await enforcer.addPolicies([[SCOPE, '/v1/files/:file_key', 'GET']])
  await enforcer.addGroupingPolicies(requests.map((request) => [headerOf(request), SCOPE]))
  return sideOf(requests, (request) => enforcer.enforceSync(headerOf(request), request.url, request.method))
}
