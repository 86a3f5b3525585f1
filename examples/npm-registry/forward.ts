/** A reverse proxy for a registry in a few lines: streams both ways, so that no tarball is ever held in memory. */
import { request as ask, type IncomingMessage, type ServerResponse } from 'node:http'
import { pipeline } from 'node:stream'

/** Makes a listener that passes requests on to the registry at `origin`, such as `http://127.0.0.1:4873`. */
export function forwardTo(origin: string): (request: IncomingMessage, response: ServerResponse) => void {
  const { hostname, port } = new URL(origin)
  return (request, response) => {
    // The client's own Host goes along, so that the registry's links to tarballs lead back through the guard.
    const { method, url: path, headers } = request
    const upstream = ask({ hostname, port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      pipeline(answer, response, () => undefined)
    })
    pipeline(request, upstream, (error) => {
      if (!error || response.headersSent) return void (error && response.destroy())
      response.writeHead(502, { 'Content-Type': 'application/json' })
      response.end(JSON.stringify({ error: 'The registry behind this address does not answer.' }))
    })
  }
}

/**
 * A client's question about known vulnerabilities, answered for a private registry that knows of none: by package for npm and
 * yarn 4 (`…/advisories/bulk`), as one report for pnpm (`…/audits`).
 */
export function noAdvisories(response: ServerResponse, url = ''): void {
  const vulnerabilities = { info: 0, low: 0, moderate: 0, high: 0, critical: 0 }
  const report = { actions: [], advisories: {}, muted: [], metadata: { vulnerabilities, dependencies: 0 } }
  response.writeHead(200, { 'Content-Type': 'application/json' })
  response.end(JSON.stringify(url.endsWith('/bulk') ? {} : report))
}
