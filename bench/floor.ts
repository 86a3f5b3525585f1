/**
 * The floor: the least that any right answer to "may this request pass?" must do, written out without any of the package's
 * code. It takes the header, checks prefix and checksum, hashes once with the native SHA-256, looks the digest up in a Map,
 * waits once, compares the dates, walks a trie, and looks up scope, place and allowlist. It is no authorizer: it believes its
 * input, knows one header in one spelling, and fails open in a dozen ways that the real one closes.
 */
import { hash } from 'node:crypto'

/** What the floor keeps of a token. */
export interface FloorToken {
  readonly id: string
  readonly planId: string
  readonly expiresAt: number
  readonly scopes: ReadonlySet<string>
  /** `kind:id` of what is listed, or `all`. */
  readonly allowlist: 'all' | ReadonlySet<string>
}

/** Where a resource lies: its plan, and the `kind:id` of itself and of everything above it. */
export interface FloorPlace {
  readonly planId: string
  readonly keys: readonly string[]
}

export interface FloorNode {
  readonly literals: Map<string, FloorNode>
  parameter?: FloorNode
  endpoint?: { readonly scopes: readonly string[]; readonly kind: string }
}

export interface Floor {
  readonly prefix: string
  readonly tokens: Map<string, FloorToken>
  readonly tries: Map<string, FloorNode>
  readonly places: Map<string, FloorPlace>
}

export interface FloorRequest {
  readonly method: string
  readonly url: string
  readonly headers: { readonly [name: string]: string }
}

const VALUES = new Uint8Array(128)
for (const [i, char] of [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'].entries())
  VALUES[char.charCodeAt(0)] = i
const CRC = new Uint32Array(256)
for (let byte = 0; byte < 256; byte++) {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  CRC[byte] = value
}

function hasChecksum(secret: string): boolean {
  const end = secret.length - 6
  let crc = 0xffffffff
  for (let i = 0; i < end; i++) crc = (crc >>> 8) ^ (CRC[(crc ^ secret.charCodeAt(i)) & 255] as number)
  let stated = 0
  for (let i = end; i < secret.length; i++) stated = stated * 62 + (VALUES[secret.charCodeAt(i) & 127] as number)
  return stated === ~crc >>> 0
}

/** Whether a request may pass, and what was found. */
export async function floorAuthorize(floor: Floor, request: FloorRequest) {
  const secret = request.headers['x-figma-token']
  if (!secret?.startsWith(floor.prefix) || !hasChecksum(secret))
    return { allowed: false as const, code: 'token_malformed' }
  const digest = hash('sha256', secret, 'hex')
  const token = await floor.tokens.get(digest)
  if (!token) return { allowed: false as const, code: 'token_unknown' }
  if (!(Date.now() < token.expiresAt)) return { allowed: false as const, code: 'token_expired' }

  let node = floor.tries.get(request.method)
  let id = ''
  const { url } = request
  for (let from = 1; node && from <= url.length; ) {
    const slash = url.indexOf('/', from)
    const segment = slash === -1 ? url.slice(from) : url.slice(from, slash)
    const literal: FloorNode | undefined = node.literals.get(segment)
    if (!literal) id = segment
    node = literal ?? node.parameter
    from = slash === -1 ? url.length + 1 : slash + 1
  }
  const endpoint = node?.endpoint
  if (!endpoint) return { allowed: false as const, code: 'endpoint_unknown' }
  if (!endpoint.scopes.some((scope) => token.scopes.has(scope)))
    return { allowed: false as const, code: 'scope_missing' }
  const place = floor.places.get(`${endpoint.kind}:${id}`)
  if (place?.planId !== token.planId) return { allowed: false as const, code: 'resource_not_in_plan' }
  const { allowlist } = token
  if (allowlist !== 'all' && !place.keys.some((key) => allowlist.has(key)))
    return { allowed: false as const, code: 'resource_not_allowed' }
  return { allowed: true as const, token, endpoint, id }
}
