/** The examples of functions, behind their real adapters and with the events of their platforms. */
import { createRequire } from 'node:module'
import serverlessExpress from '@codegenie/serverless-express'
import type { APIGatewayRequestAuthorizerEvent, APIGatewayRequestAuthorizerEventV2 } from 'aws-lambda'
import { beforeAll, describe, expect, it } from 'vitest'
import { app, handler } from '../../examples/aws-lambda/app.ts'
import { httpApi, restApi } from '../../examples/aws-lambda/authorizer.ts'
import { secretToTry, tokens } from '../../examples/aws-lambda/tokens.ts'
import { linesOf } from './program.ts'

const FILE = { name: 'File LANDING', readBy: 'To try' }
let secret: string
beforeAll(async () => {
  secret = await secretToTry()
})

it.each(['aws-lambda/app.ts', 'aws-lambda/authorizer.ts', 'azure-functions/main.ts', 'google-functions/main.ts'])(
  'examples/%s has fewer than 60 lines',
  (path) => expect(linesOf(path)).toBeLessThan(60),
)

type Answer = { readonly statusCode: number; readonly body: string }
const log = { info() {}, debug() {}, error() {} }
const codegenie = serverlessExpress({ app, log } as never) as unknown as (
  event: object,
  context: object,
) => Promise<Answer>
const ADAPTERS = {
  'serverless-http': handler as unknown as typeof codegenie,
  '@codegenie/serverless-express': codegenie,
}

/** Payload 2.0: of an HTTP API or a function URL. */
const v2 = (rawPath: string, headers: object, rawQueryString = '') => ({
  ...{ version: '2.0', routeKey: '$default', rawPath, rawQueryString, headers, isBase64Encoded: false },
  requestContext: { http: { method: 'GET', path: rawPath, sourceIp: '127.0.0.1' } },
})
/** Payload 1.0: of a REST API. */
const v1 = (path: string, multiValueHeaders: { readonly [name: string]: readonly string[] }) => ({
  ...{ httpMethod: 'GET', path, resource: '/{proxy+}', multiValueHeaders, body: null, isBase64Encoded: false },
  headers: Object.fromEntries(Object.entries(multiValueHeaders).map(([name, all]) => [name, all.at(-1)])),
  ...{ queryStringParameters: null, multiValueQueryStringParameters: null, requestContext: { identity: {} } },
})

describe.each(Object.entries(ADAPTERS))('examples/aws-lambda in %s', (name, ask) => {
  const codeOf = async (event: object) => {
    const { statusCode, body } = await ask(event, {})
    return statusCode === 200 ? JSON.parse(body) : [statusCode, JSON.parse(body).code]
  }

  it('answers either payload', async () => {
    expect(await codeOf(v2('/v1/files/LANDING', { 'x-figma-token': secret }))).toEqual(FILE)
    expect(await codeOf(v1('/v1/files/LANDING', { 'X-Figma-Token': [secret] }))).toEqual(FILE)
  })

  it('refuses what is no such file, no such token, or can be read in two ways', async () => {
    for (const eventOf of [
      (path: string, sent: string) => v2(path, sent === '' ? {} : { 'x-figma-token': sent }),
      (path: string, sent: string) => v1(path, sent === '' ? {} : { 'X-Figma-Token': [sent] }),
    ]) {
      expect(await codeOf(eventOf('/v1/files/LANDING', ''))).toEqual([401, 'token_missing'])
      expect(await codeOf(eventOf('/v1/files/LANDING', 'figpat_x'))).toEqual([401, 'token_malformed'])
      expect(await codeOf(eventOf('/v1/files/ROADMAP', secret))).toEqual([403, 'resource_not_allowed'])
      // The first three as an HTTP API has decoded them, the others as a REST API leaves them.
      for (const path of [
        '/v1/files/../files/LANDING',
        '/v1/files//LANDING',
        '/v1/files/LÄNDING',
        '/v1/files/%4CANDING',
      ])
        expect((await codeOf(eventOf(path, secret)))[0], path).toBe(400)
    }
  })

  it('never takes one of two tokens that both came along as one text', async () => {
    const other = await secretToTry()
    expect((await codeOf(v2('/v1/files/LANDING', { 'x-figma-token': `${secret},${other}` })))[0]).toBe(400)
    // Payload 1.0 has the lines apart. serverless-http hands on the last one alone, to guard and handler.
    const lines = await codeOf(v1('/v1/files/LANDING', { 'X-Figma-Token': ['figpat_x', secret] }))
    expect(lines).toEqual(name === 'serverless-http' ? FILE : [400, 'request_malformed'])
  })
})

describe('the authorizers', () => {
  const ofHttp = (
    routeKey: string,
    pathParameters: object,
    headers: object = { 'x-figma-token': secret },
    query = '',
  ) =>
    httpApi({
      ...{ version: '2.0', type: 'REQUEST', routeKey, pathParameters, headers, rawQueryString: query },
    } as unknown as APIGatewayRequestAuthorizerEventV2)
  const ROUTE = 'GET /v1/files/{file_key}'
  const arn = (path: string): string => `arn:aws:execute-api:eu-west-1:123456789012:abcdef/prod/GET${path}`
  const ofRest = async (file_key: string, sent: readonly string[], other: object = {}) => {
    const event = {
      ...{
        type: 'REQUEST',
        httpMethod: 'GET',
        resource: '/v1/files/{file_key}',
        methodArn: arn(`/v1/files/${file_key}`),
      },
      ...{ pathParameters: { file_key }, multiValueHeaders: { 'X-Figma-Token': sent }, ...other },
    }
    const { policyDocument } = await restApi(event as unknown as APIGatewayRequestAuthorizerEvent)
    const [statement] = policyDocument.Statement as unknown as readonly { Effect: string; Resource: string }[]
    return statement
  }

  it('judge by the route and the parameters that the gateway has found', async () => {
    expect(await ofHttp(ROUTE, { file_key: 'LANDING' })).toEqual({ isAuthorized: true })
    for (const file_key of ['ROADMAP', 'GLOBEX', '../LANDING', 'LANDING/x', 'landing', ''])
      expect(await ofHttp(ROUTE, { file_key }), file_key).toEqual({ isAuthorized: false })
    expect(await ofHttp(ROUTE, { file_key: 'LANDING' }, {})).toEqual({ isAuthorized: false })
    const two = { 'x-figma-token': `${secret},${secret}` }
    expect(await ofHttp(ROUTE, { file_key: 'LANDING' }, two)).toEqual({ isAuthorized: false })
    const spelt = { 'X-Figma-Token': secret, 'x-figma-token': secret }
    expect(await ofHttp(ROUTE, { file_key: 'LANDING' }, spelt)).toEqual({ isAuthorized: false })
  })

  it('fail, which the gateway refuses, for a route that the policy does not have, or other parameters', async () => {
    await expect(ofHttp('$default', {})).rejects.toThrow()
    await expect(ofHttp('ANY /{proxy+}', { proxy: 'v1/files/LANDING' })).rejects.toThrow()
    await expect(ofHttp(ROUTE, { key: 'LANDING' })).rejects.toThrow()
    await expect(ofRest('LANDING', [secret], { resource: '/{proxy+}' })).rejects.toThrow()
  })

  it('of a REST API allow exactly what was asked, and nothing that a client could widen', async () => {
    expect(await ofRest('LANDING', [secret])).toMatchObject({ Effect: 'Allow', Resource: arn('/v1/files/LANDING') })
    expect(await ofRest('ROADMAP', [secret])).toMatchObject({ Effect: 'Deny', Resource: arn('/v1/files/ROADMAP') })
    // Judged as the file LANDING, with a path of wildcards in the name of what is allowed.
    for (const path of ['/v1/files/*', '/v1/files/LANDIN?'])
      expect(await ofRest('LANDING', [secret], { methodArn: arn(path) })).toMatchObject({ Effect: 'Deny' })
    for (const sent of [[], ['figpat_x'], [secret, secret]])
      await expect(ofRest('LANDING', sent)).rejects.toThrow(/^Unauthorized$/)
  })

  it('see a revoke at once, since nothing is kept', async () => {
    const sent = await secretToTry()
    const headers = { 'x-figma-token': sent }
    expect(await ofHttp(ROUTE, { file_key: 'LANDING' }, headers)).toEqual({ isAuthorized: true })
    const { tokens: all } = await tokens.list({ actor: 'ada', planId: '1001' })
    for (const { id } of all) if (id !== all.at(-1)?.id) await tokens.revoke({ actor: 'ada', id })
    expect(await ofHttp(ROUTE, { file_key: 'LANDING' }, headers)).toEqual({ isAuthorized: false })
  })
})

/** The worker of Azure Functions as far as its library asks for it: it takes the functions and hands requests on. */
interface Model {
  getInvocationModel(context: object): {
    getArguments(): Promise<{ context: unknown; inputs: unknown[] }>
    invokeFunction(context: unknown, inputs: unknown[], handler: unknown): Promise<unknown>
    getResponse(context: unknown, result: unknown): Promise<{ returnValue: { http: Rpc } }>
  }
}
interface Rpc {
  readonly statusCode: string
  readonly headers: { readonly [name: string]: string }
  readonly body: { readonly bytes: Uint8Array }
}
interface Registered {
  readonly metadata: { readonly bindings: object }
  readonly callback: unknown
}

describe('examples/azure-functions in the library of Azure Functions', () => {
  let model: Model
  let registered: Registered
  let sent: string
  beforeAll(async () => {
    const core = {
      setProgrammingModel(given: Model) {
        model = given
      },
      registerFunction(metadata: Registered['metadata'], callback: unknown) {
        registered = { metadata, callback }
      },
      log: () => undefined,
    }
    const modules = createRequire(import.meta.url)('node:module') as {
      _load(name: string, ...rest: unknown[]): unknown
    }
    const load = modules._load
    modules._load = (name, ...rest) => (name === '@azure/functions-core' ? core : load.call(modules, name, ...rest))
    const { tokens: its } = await import('../../examples/azure-functions/main.ts')
    modules._load = load
    const wish = { actor: 'ada', planId: '1001', type: 'rest', name: 'To try', lifetimeDays: 1 } as const
    const resources = ['https://figma.com/files/1001/project/123']
    const { secret: made } = await its.create({ ...wish, scopes: ['file_content:read'], resources })
    sent = made.reveal()
  })

  const ask = async (url: string, headers: object = { 'x-figma-token': sent }, method = 'GET') => {
    const { metadata, callback } = registered
    const http = { url, method, headers, query: {}, params: {} }
    const inputData = [{ name: Object.keys(metadata.bindings)[0], data: { http } }]
    const invocation = model.getInvocationModel({
      ...{ invocationId: '1', metadata: { name: 'files', ...metadata }, log: () => undefined },
      request: { inputData, triggerMetadata: {} },
    })
    const { context, inputs } = await invocation.getArguments()
    const result = await invocation.invokeFunction(context, inputs, callback)
    const { returnValue } = await invocation.getResponse(context, result)
    const { statusCode, headers: got, body } = returnValue.http
    return { status: statusCode, headers: got, body: JSON.parse(Buffer.from(body.bytes).toString()) }
  }

  it('answers for the file that the URL names, with headers that keep caches away', async () => {
    const { status, headers, body } = await ask('https://host.example/api/v1/files/LANDING')
    expect([status, body]).toEqual(['200', FILE])
    expect(headers).toMatchObject({ 'cache-control': 'no-store', vary: 'X-Figma-Token, Authorization' })
  })

  it('refuses everything else, as the decision renders it', async () => {
    const refused = async (path: string, headers?: object) => {
      const { status, headers: got, body } = await ask(`https://host.example${path}`, headers)
      expect(got['content-type']).toBe('application/problem+json')
      return `${status} ${body.code}`
    }
    expect(await refused('/api/v1/files/LANDING', {})).toBe('401 token_missing')
    expect(await refused('/api/v1/files/LANDING', { 'x-figma-token': 'figpat_x' })).toBe('401 token_malformed')
    expect(await refused('/api/v1/files/ROADMAP')).toBe('403 resource_not_allowed')
    expect(await refused('/v1/files/LANDING')).toBe('403 endpoint_unknown')
    // The host finds routes in any letters, and hands the URL on as it came.
    expect(await refused('/API/v1/files/LANDING')).toBe('403 endpoint_unknown')
    expect(await refused('/api/V1/files/LANDING')).toBe('403 endpoint_unknown')
    for (const path of [
      '/api/v1/files/%4CANDING',
      '/api/v1/files//LANDING',
      '/api/v1/files/LANDING/',
      '/api/v1/files/A%2FB',
    ])
      expect(await refused(path), path).toBe('400 request_malformed')
  })
})
