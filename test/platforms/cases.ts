/** What is asked of every platform, in the same words: requests without their base path, and the answers. */

/** The project 123 of plan 1001 holds the file ABC alone; DEF lies beside it, XYZ in another plan. */
export const TOKEN = {
  ...{ type: 'rest', name: 'Nightly export', lifetimeDays: 1 },
  ...{
    scopes: ['file_content:read', 'file_dev_resources:write'],
    resources: ['https://figma.com/files/1001/project/123'],
  },
}

export interface Refused {
  readonly what: string
  readonly method?: string
  readonly target: string
  /** What is sent as secret instead of that of the token; empty for none. */
  readonly sent?: string
  readonly json?: string
  readonly answer: readonly [status: number, code: string]
}

const ofFiles = (...keys: readonly string[]): string =>
  JSON.stringify({ dev_resources: keys.map((file_key) => ({ file_key, name: 'n' })) })

export const REFUSED: readonly Refused[] = [
  { what: 'no token', target: '/v1/files/ABC', sent: '', answer: [401, 'token_missing'] },
  { what: 'a token that is none', target: '/v1/files/ABC', sent: 'figpat_x', answer: [401, 'token_malformed'] },
  { what: 'a file that is not on the list', target: '/v1/files/DEF', answer: [403, 'resource_not_allowed'] },
  { what: 'a file of another plan', target: '/v1/files/XYZ', answer: [403, 'resource_not_in_plan'] },
  { what: 'a scope that it lacks', target: '/v1/files/ABC/versions', answer: [403, 'scope_missing'] },
  { what: 'an unknown endpoint', target: '/v1/nothing', answer: [403, 'endpoint_unknown'] },
  { what: 'an unknown method', method: 'DELETE', target: '/v1/dev_resources/1', answer: [403, 'endpoint_unknown'] },
  {
    what: 'a body with a file that is not on the list',
    ...{ method: 'POST', target: '/v1/dev_resources', json: ofFiles('ABC', 'DEF') },
    answer: [403, 'resource_not_allowed'],
  },
  {
    what: 'a body that names a file twice over',
    ...{ method: 'POST', target: '/v1/dev_resources', json: '{"dev_resources":[{"file_key":"DEF","file_key":"ABC"}]}' },
    answer: [400, 'request_malformed'],
  },
  {
    what: 'a body that is not there',
    ...{ method: 'POST', target: '/v1/dev_resources' },
    answer: [400, 'request_malformed'],
  },
]

/** Bodies that are allowed: spaces, characters of several bytes, and more than one piece of the network carries. */
export const BODIES: readonly string[] = [
  ofFiles('ABC'),
  ` ${JSON.stringify({ dev_resources: [{ file_key: 'ABC', name: 'ä€😀' }] }, null, 2)}\n`,
  JSON.stringify({ dev_resources: [{ file_key: 'ABC', name: 'x'.repeat(200_000) }] }),
]

/**
 * Targets below a base path that can be read in two ways. Whatever a platform makes of them, only the file ABC may be answered
 * for.
 */
export const crooked = (base: string): readonly string[] => [
  ...PATHS.map((path) => base + path),
  ...[`http://other.example${base}/v1/files/DEF`, `http://other.example/..${base}/v1/files/DEF`],
  // The first letter of the base path, or else of the path.
  `${base}/v1/files/ABC`.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
  `/x/..${base}/v1/files/ABC`,
]

const PATHS: readonly string[] = [
  ...['/v1/files/./ABC', '/v1/files/ABC/../DEF', '/v1/files/DEF/../ABC', '/v1/files/ABC/..', '/v1/../v1/files/XYZ'],
  ...['/v1/files/ABC/%2e%2e/DEF', '/v1/files/DEF/%2E%2E/ABC', '/v1/files/%2e/ABC', '/v1/files/..\\DEF'],
  ...['/v1\\files\\DEF', '//v1/files/ABC', '/v1//files/ABC', '/v1/files//ABC', '/v1/files//DEF', '/v1/files/'],
  ...['/v1/files/ABC/', '/v1/files/ABC//', '/v1/files%2fABC', '/v1/files%2FDEF', '/v1/files/%2fABC'],
  ...['/v1/files/ABC%2f..%2fDEF', '/v1/files/DEF%2f..%2fABC', '/v1/files/ABC%5c..%5cDEF', '/v1/files/ABC%00'],
  ...['/v1/%66iles/ABC', '/v1/%66iles/DEF', '/%761/files/ABC', '/v1/files/%41BC', '/v1/files/AB%43', '/v1/files/%44EF'],
  ...['/v1/files/%2541BC', '/v1/files/ABC;x=/../DEF', '/V1/Files/ABC', '/v1/files/DEF?/../ABC'],
  ...['/v1/files/DEF%3f/../ABC', '/v1/files/DEF#/../ABC', '/v1/files/ABC#/../DEF'],
]
