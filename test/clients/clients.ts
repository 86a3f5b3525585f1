/**
 * Clients of Figma's API as they come from the registry, each told of nothing but an address and a token, and clients of any
 * API. Each fails with its own error; `refusalOf` reads status and body out of it, as that client's users do.
 */
import { execFile } from 'node:child_process'
import { globalAgent } from 'node:https'
import { promisify } from 'node:util'
import axios, { isAxiosError } from 'axios'
import { Api } from 'figma-api'
import { Client as FigmaJs } from 'figma-js'
import ky, { HTTPError } from 'ky'
import { request } from 'undici'
import type { FigmaServer } from './figma.ts'

/** What was refused, as a client's error tells it. */
export interface Refusal {
  readonly status: number
  readonly body: unknown
}

/** Some calls of Figma's API. */
export interface Calls {
  file(key: string): Promise<unknown>
  comments(fileKey: string): Promise<unknown>
  projects(teamId: string): Promise<unknown>
  files(projectId: string): Promise<unknown>
}

/** A client, with the place where it puts its token. */
export interface Client {
  readonly name: string
  connect(server: FigmaServer, secret: string): Calls
  /** Reads the client's own error; `undefined` if it is another one. */
  refusalOf(error: unknown): Promise<Refusal | undefined>
}

const targets = (get: (target: string) => Promise<unknown>): Calls => ({
  file: (key) => get(`/v1/files/${key}`),
  comments: (key) => get(`/v1/files/${key}/comments`),
  projects: (team) => get(`/v1/teams/${team}/projects`),
  files: (project) => get(`/v1/projects/${project}/files`),
})

/** What the errors of all versions of axios have in common. */
async function refusalOfAxios(error: unknown): Promise<Refusal | undefined> {
  const response = isAxiosError(error) ? error.response : undefined
  return response && { status: response.status, body: response.data }
}

/**
 * `figma-api` has Figma's address in its code. What it goes through can be told by the environment, as for all that is built
 * on axios: a proxy.
 */
function figmaApi({ proxy }: FigmaServer, params: ConstructorParameters<typeof Api>[0]): Calls {
  const api = new Api(params)
  const through = async <T>(call: () => Promise<T>): Promise<T> => {
    process.env.https_proxy = proxy
    try {
      return await call()
    } finally {
      delete process.env.https_proxy
    }
  }
  return {
    file: (key) => through(() => api.getFile(key)),
    comments: (key) => through(() => api.getComments(key)),
    projects: (team) => through(() => api.getTeamProjects(team)),
    files: (project) => through(() => api.getProjectFiles(project)),
  }
}

/** `figma-js` takes the address as `apiRoot`, and always speaks `https`; what Node trusts is set as for any client. */
function figmaJs(
  { secureHost, certificate }: FigmaServer,
  token: { readonly accessToken: string } | { readonly personalAccessToken: string },
): Calls {
  globalAgent.options.ca = certificate
  const client = FigmaJs({ ...token, apiRoot: secureHost })
  const dataOf = async (answer: Promise<{ readonly data: unknown }>): Promise<unknown> => (await answer).data
  return {
    file: (key) => dataOf(client.file(key)),
    comments: (key) => dataOf(client.comments(key)),
    projects: (team) => dataOf(client.teamProjects(team)),
    files: (project) => dataOf(client.projectFiles(project)),
  }
}

/** curl's exit status for a refusal, with `--fail-with-body`. */
const REFUSED = 22
const run = promisify(execFile)

export const CLIENTS: readonly Client[] = [
  {
    name: 'figma-api, with personalAccessToken',
    connect: (server, personalAccessToken) => figmaApi(server, { personalAccessToken }),
    refusalOf: refusalOfAxios,
  },
  {
    name: 'figma-api, with oAuthToken',
    connect: (server, oAuthToken) => figmaApi(server, { oAuthToken }),
    refusalOf: refusalOfAxios,
  },
  {
    name: 'figma-js, with personalAccessToken',
    connect: (server, personalAccessToken) => figmaJs(server, { personalAccessToken }),
    refusalOf: refusalOfAxios,
  },
  {
    name: 'figma-js, with accessToken',
    connect: (server, accessToken) => figmaJs(server, { accessToken }),
    refusalOf: refusalOfAxios,
  },
  {
    name: 'axios',
    connect({ address }, secret) {
      const client = axios.create({ baseURL: address, headers: { 'X-Figma-Token': secret } })
      return targets(async (target) => (await client.get(target)).data)
    },
    refusalOf: refusalOfAxios,
  },
  {
    name: 'ky',
    connect({ address }, secret) {
      const client = ky.create({ prefixUrl: address, headers: { Authorization: `Bearer ${secret}` } })
      return targets((target) => client.get(target.slice(1)).json())
    },
    async refusalOf(error) {
      if (!(error instanceof HTTPError)) return undefined
      return { status: error.response.status, body: await error.response.json() }
    },
  },
  {
    name: 'undici',
    connect({ address }, secret) {
      const headers = { 'x-figma-token': secret }
      return targets(async (target) => (await request(address + target, { headers, throwOnError: true })).body.json())
    },
    async refusalOf(error) {
      const { name, statusCode, body } = error as { name: string; statusCode: number; body: unknown }
      return name === 'ResponseStatusCodeError' ? { status: statusCode, body } : undefined
    },
  },
  {
    name: 'curl',
    connect({ address }, secret) {
      const flags = ['-sS', '--fail-with-body', '-w', '\n%{http_code}', '-H', `X-Figma-Token: ${secret}`]
      return targets(async (target) =>
        JSON.parse((await run('curl', [...flags, address + target])).stdout.split('\n')[0]!),
      )
    },
    async refusalOf(error) {
      const { code, stdout } = error as { readonly code: number; readonly stdout: string }
      const [body = '', status] = stdout?.split('\n') ?? []
      return code === REFUSED ? { status: Number(status), body: JSON.parse(body) } : undefined
    },
  },
]
