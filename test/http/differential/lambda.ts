/**
 * Functions of AWS Lambda behind their real adapters. A gateway of our own makes of what came over a socket the event that each
 * of Amazon's makes, as far as it is documented or was recorded: who decodes the path, who the query, and who joins lines.
 */
import { createServer, type IncomingMessage } from 'node:http'
import serverlessExpress from '@codegenie/serverless-express'
import express, { type Express } from 'express'
import serverlessHttp from 'serverless-http'
import { listen, type Running } from '../support/site.ts'
import { expressApp, type Manner } from './express-koa.ts'
import type { Setup } from './servers.ts'

/** Who sends the event. HTTP APIs decode the path, in both of their payloads; the others leave it as it was sent. */
export const SOURCES = ['function URL', 'HTTP API 2.0', 'HTTP API 1.0', 'REST API', 'load balancer'] as const
export type Source = (typeof SOURCES)[number]

/** What a function gives back to its gateway. */
interface Answer {
  readonly statusCode: number
  readonly body?: string
  readonly headers?: { readonly [name: string]: string }
  readonly multiValueHeaders?: { readonly [name: string]: string[] }
}
/** What an adapter makes of an application. */
type Handler = (event: object, context: object) => Promise<Answer>
/** It would print every path that cannot be decoded. */
const log = { info() {}, debug() {}, error() {} }
export const ADAPTERS: { readonly [name: string]: (app: Express) => Handler } = {
  'serverless-http': (app) => serverlessHttp(app) as unknown as Handler,
  '@codegenie/serverless-express': (app) => serverlessExpress({ app, log } as never) as unknown as Handler,
}

export function startLambda(adapter: string, source: Source, setup: Setup, manner: Manner): Promise<Running> {
  const handler = ADAPTERS[adapter]?.(expressApp(express, setup, manner)) as Handler
  return listen(
    createServer(async (request, response) => {
      try {
        const { statusCode, body, headers, multiValueHeaders } = await handler(await eventOf(source, request), {})
        for (const [name, value] of Object.entries({ ...headers, ...multiValueHeaders }))
          response.setHeader(name, value)
        response.removeHeader('content-length')
        response.writeHead(statusCode).end(body)
      } catch {
        // What a gateway answers for a path that it cannot decode, and for a function that failed.
        response.writeHead(502).end()
      }
    }),
  )
}

type Lines = { readonly [name: string]: readonly string[] }

/** The event for a request. */
async function eventOf(source: Source, request: IncomingMessage): Promise<object> {
  const { method = '', url = '' } = request
  const mark = url.indexOf('?')
  const sentPath = mark === -1 ? url : url.slice(0, mark)
  const sentQuery = mark === -1 ? '' : url.slice(mark + 1)
  const chunks: Uint8Array[] = []
  for await (const chunk of request) chunks.push(chunk as Uint8Array)
  const bytes = Buffer.concat(chunks)
  const content = { body: bytes.length === 0 ? null : bytes.toString(), isBase64Encoded: false }
  const path = source.startsWith('HTTP API') ? decodeURIComponent(sentPath) : sentPath
  const lines = linesOf(request.rawHeaders)
  if (source === 'function URL' || source === 'HTTP API 2.0') {
    const http = { method, path, sourceIp: '127.0.0.1' }
    const headers = Object.fromEntries(Object.entries(lines).map(([name, all]) => [name.toLowerCase(), all.join()]))
    const base64 = { body: bytes.toString('base64'), isBase64Encoded: true }
    return { version: '2.0', rawPath: path, rawQueryString: sentQuery, headers, requestContext: { http }, ...base64 }
  }
  const isBalancer = source === 'load balancer'
  const query = isBalancer ? rawQuery(sentQuery) : decodedQuery(sentQuery)
  return {
    ...{ httpMethod: method, path, multiValueHeaders: lines, headers: lastOf(lines), ...content },
    ...{ multiValueQueryStringParameters: query, queryStringParameters: lastOf(query) },
    requestContext: isBalancer ? { elb: {} } : { identity: { sourceIp: '127.0.0.1' } },
    ...(!isBalancer && { version: '1.0', pathParameters: null }),
  }
}

function linesOf(raw: readonly string[]): Lines {
  const names = raw.filter((_, i) => i % 2 === 0)
  return grouped(names.map((name, i) => [name.toLowerCase(), raw[2 * i + 1] as string]))
}

const lastOf = (lines: Lines): object =>
  Object.fromEntries(Object.entries(lines).map(([name, all]) => [name, all.at(-1)]))

const decodedQuery = (query: string): Lines => grouped([...new URLSearchParams(query)])

const rawQuery = (query: string): Lines =>
  grouped(
    query
      .split('&')
      .flatMap((part) => (part === '' ? [] : [[part.split('=')[0] as string, part.split('=').slice(1).join('=')]])),
  )

function grouped(pairs: readonly (readonly string[])[]): Lines {
  const lines: { [name: string]: string[] } = {}
  for (const [name = '', value = ''] of pairs) lines[name] = [...(lines[name] ?? []), value]
  return lines
}
