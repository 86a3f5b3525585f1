/** `npx tsx examples/aws-lambda/main.ts`: asks the function and both authorizers as API Gateway does, and prints the answers. */
import { handler } from './app.ts'
import { httpApi, restApi } from './authorizer.ts'
import { secretToTry } from './tokens.ts'

const headers = { 'x-figma-token': await secretToTry() }
const pathParameters = { file_key: 'LANDING' }
const http = { method: 'GET', path: '/v1/files/LANDING', sourceIp: '127.0.0.1' }
const event = { version: '2.0', routeKey: 'GET /v1/files/{file_key}', rawPath: http.path, rawQueryString: '', headers }
const ofRest = {
  httpMethod: 'GET',
  resource: '/v1/files/{file_key}',
  methodArn: 'arn:aws:execute-api:…/GET/v1/files/LANDING',
}

console.log(await handler({ ...event, requestContext: { http } }, {}))
console.log(await httpApi({ ...event, pathParameters } as never))
console.log(
  JSON.stringify(
    await restApi({
      ...ofRest,
      pathParameters,
      multiValueHeaders: { 'X-Figma-Token': [headers['x-figma-token']] },
    } as never),
  ),
)
