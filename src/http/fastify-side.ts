/**
 * What a guard does with a reply of Fastify. Without Fastify's types, so that a host of another framework
 * over it needs none. Over plain responses: http/node-side.ts.
 */
import type { RenderedDenial } from '../core/denial.ts'
import type { Allowed } from '../service/decision.ts'
import { headersOf, isVary, joinVary } from './answer.ts'

/** A reply of Fastify, as far as a guard uses it. */
export interface FastifyReplyLike {
  readonly sent: boolean
  code(status: number): unknown
  headers(headers: { readonly [name: string]: string }): unknown
  getHeader(name: string): unknown
  send(body: Uint8Array): unknown
}

/** Sends a refusal, beside the `Vary` that is there. */
export function refuseReply(reply: FastifyReplyLike, { status, headers, body }: RenderedDenial): void {
  reply.code(status)
  putOnReply(reply, headers)
  // As bytes, since Fastify puts a charset to the type of a text, and JSON has none (RFC 8259, section 11).
  reply.send(new TextEncoder().encode(body))
}

/** Puts the headers of an allowance onto the reply. */
export function allowReply(reply: FastifyReplyLike, allowance: Allowed<string>): void {
  putOnReply(reply, headersOf(allowance))
}

/** Puts headers onto the reply, `Vary` beside what is there. */
export function putOnReply(reply: FastifyReplyLike, headers: Readonly<Record<string, string>>): void {
  reply.headers(withVary(headers, reply.getHeader('vary')))
}

function withVary(headers: Readonly<Record<string, string>>, before: unknown): Readonly<Record<string, string>> {
  if (before === undefined) return headers
  const joined: Record<string, string> = {}
  for (const name in headers) {
    const value = headers[name] as string
    joined[name] = isVary(name) ? joinVary(String(before), value) : value
  }
  return joined
}
