/** What stands behind the guard: answers with the route and the resources that the decision has read, and their names. */
import type { ServerResponse } from 'node:http'
import type { Allowance } from 'plan-access-tokens'
import { nameOf } from './organization.ts'

/** Answers with JSON such as `{ "route": "GET /v1/files/{file_key}", "resources": ["file:ABC"], "names": ["Landing page"] }`. */
export function showWhatWasRead({ endpoint, resources }: Allowance, response: ServerResponse): void {
  const refs = resources.map(({ kind, id }) => `${kind}:${id}`)
  response.setHeader('Content-Type', 'application/json')
  response.end(`${JSON.stringify({ route: endpoint.route, resources: refs, names: refs.map(nameOf) })}\n`)
}
