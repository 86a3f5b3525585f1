/**
 * A guarded server that answers like Figma's, over `http` and `https`, and a proxy in front of it. What it answers is held by
 * Figma's published types; what it refuses is rendered as the policy's options say, by `figmaErrors` unless they do.
 */

import { once } from 'node:events'
import { createServer, type RequestListener, request, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type {
  ComponentNode,
  GetCommentsResponse,
  GetFileNodesResponse,
  GetFileResponse,
  GetFileVersionsResponse,
  GetImagesResponse,
  GetProjectFilesResponse,
  GetTeamProjectsResponse,
} from '@figma/rest-api-spec'
import { createPlanTokens, memoryStore } from 'plan-access-tokens'
import { type FigmaPolicyOptions, type FigmaScope, figmaErrors, figmaPolicy } from 'plan-access-tokens/figma'
import { guard } from 'plan-access-tokens/node'
import { testDirectory } from 'plan-access-tokens/testing'
import { selfSigned } from './certificate.ts'

const FIGMA = 'https://api.figma.com'
const MOMENT = '2026-03-02T09:00:00Z'

const BOX = { x: 0, y: 0, width: 24, height: 24 }
const ARROW: ComponentNode = {
  ...{
    id: '1:2',
    name: 'arrow',
    type: 'COMPONENT',
    scrollBehavior: 'SCROLLS',
    blendMode: 'PASS_THROUGH',
    children: [],
  },
  ...{ absoluteBoundingBox: BOX, absoluteRenderBounds: BOX, clipsContent: false, fills: [], effects: [] },
}
const COMPONENTS = {
  '1:2': { key: 'cmpArrow', name: 'arrow', description: '', remote: false, documentationLinks: [] },
}
export const FILE: GetFileResponse = {
  ...{ name: 'Landing page', role: 'viewer', lastModified: MOMENT, editorType: 'figma', version: '7' },
  ...{ components: COMPONENTS, componentSets: {}, schemaVersion: 0, styles: {} },
  document: {
    ...{ id: '0:0', name: 'Document', type: 'DOCUMENT', scrollBehavior: 'SCROLLS' },
    children: [
      {
        ...{ id: '0:1', name: 'Icons', type: 'CANVAS', scrollBehavior: 'SCROLLS', children: [ARROW] },
        ...{ backgroundColor: { r: 1, g: 1, b: 1, a: 1 }, prototypeStartNodeID: null, flowStartingPoints: [] },
        prototypeDevice: { type: 'NONE', rotation: 'NONE' },
      },
    ],
  },
}
const NODES: GetFileNodesResponse = {
  ...{ name: 'Landing page', role: 'viewer', lastModified: MOMENT, editorType: 'figma', version: '7' },
  thumbnailUrl: '',
  nodes: { '1:2': { document: ARROW, components: COMPONENTS, componentSets: {}, schemaVersion: 0, styles: {} } },
}
/** The picture of the arrow, where Figma's own answers name a place in a store of files. */
export const PICTURE = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 12h24"/></svg>'
const PICTURE_PATH = '/rendered/arrow.svg'
const picturesAt = (address: string): GetImagesResponse => ({ err: null, images: { '1:2': address + PICTURE_PATH } })
export const PROJECTS: GetTeamProjectsResponse = { name: 'Web', projects: [{ id: '123', name: 'Website' }] }
export const FILES: GetProjectFilesResponse = {
  name: 'Website',
  files: [{ key: 'LANDING', name: 'Landing page', last_modified: MOMENT }],
}
const COMMENTS: GetCommentsResponse = { comments: [] }
const VERSIONS: GetFileVersionsResponse = { versions: [], pagination: {} }

const ANSWERS: { readonly [route: string]: unknown } = {
  'GET /v1/files/{file_key}': FILE,
  'GET /v1/files/{file_key}/nodes': NODES,
  'GET /v1/files/{file_key}/comments': COMMENTS,
  'GET /v1/files/{file_key}/versions': VERSIONS,
  'GET /v1/teams/{team_id}/projects': PROJECTS,
  'GET /v1/projects/{project_id}/files': FILES,
}

/** A token for team 456, that reads files and projects, and no comments. */
interface IssuedToken {
  readonly secret: string
  revoke(): Promise<unknown>
}

/** The server. All addresses are of the loopback. */
export interface FigmaServer {
  /** `http://127.0.0.1:…` */
  readonly address: string
  /** `localhost:…`, to be reached by `https`. */
  readonly secureHost: string
  /** The certificate there, in PEM. */
  readonly certificate: string
  /** A proxy that leads `https://api.figma.com` here: `http://127.0.0.1:…` */
  readonly proxy: string
  /** The port that speaks `https`, with a certificate for `api.figma.com` too. */
  readonly securePort: number
  /** Requests that have reached the handler: what the policy let through. */
  handled(): number
  /** What was decided since the last call, as `allowed` or the refusal's code, each with its route. */
  decided(): readonly string[]
  /** Does something before the answer to the next request goes out. */
  beforeAnswer(act: () => Promise<unknown>): void
  issue(scopes?: readonly FigmaScope[]): Promise<IssuedToken>
  close(): Promise<void>
}

/** Starts the server, with one team that the tokens reach and one file of the plan that they do not. */
export async function startFigma(options: FigmaPolicyOptions = { errors: figmaErrors }): Promise<FigmaServer> {
  const resources = { 'team:456': { 'project:123': { 'file:LANDING': {} } }, 'project:124': { 'file:ROADMAP': {} } }
  let decided: string[] = []
  const tokens = createPlanTokens({
    policy: figmaPolicy(options),
    store: memoryStore(),
    directory: testDirectory({ 1001: { admins: ['ada'], resources } }),
    onDecision: ({ code = 'allowed', route }) => void decided.push(`${code} ${route}`),
  })
  let handled = 0
  let act: (() => Promise<unknown>) | undefined
  const guarded: RequestListener = guard(tokens, async (incoming, response) => {
    handled += 1
    const { route } = incoming.planToken.endpoint
    const before = act
    act = undefined
    await before?.()
    response.setHeader('Content-Type', 'application/json; charset=utf-8')
    response.end(JSON.stringify(route === 'GET /v1/images/{file_key}' ? picturesAt(address) : ANSWERS[route]))
  })
  const listener: RequestListener = (incoming, response) => {
    if (incoming.url === PICTURE_PATH) response.setHeader('Content-Type', 'image/svg+xml').end(PICTURE)
    else guarded(incoming, response)
  }
  const { key, cert } = selfSigned()
  const plain = await listening(createServer(listener))
  const secure = await listening(createSecureServer({ key, cert }, listener))
  const address = `http://127.0.0.1:${plain.port}`
  const proxy = await listening(createServer(leadTo(address)))

  return {
    address,
    secureHost: `localhost:${secure.port}`,
    certificate: cert,
    securePort: secure.port,
    proxy: `http://127.0.0.1:${proxy.port}`,
    handled: () => handled,
    decided() {
      const list = decided
      decided = []
      return list
    },
    beforeAnswer(next) {
      act = next
    },
    async issue(scopes = ['file_content:read', 'file_versions:read', 'projects:read']) {
      const { token, secret } = await tokens.create({
        ...{ actor: 'ada', planId: '1001', type: 'rest', name: 'A client', lifetimeDays: 1 },
        ...{ scopes, resources: ['https://figma.com/files/1001/team/456'] },
      })
      return { secret: secret.reveal(), revoke: () => tokens.revoke({ actor: 'ada', id: token.id }) }
    },
    async close() {
      await Promise.all([plain, secure, proxy].map(({ close }) => close()))
      await tokens.close()
    },
  }
}

async function listening(server: Server): Promise<{ readonly port: number; close(): Promise<void> }> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/** What a company's proxy does with requests for Figma's API (absolute form, RFC 9112, section 3.2.2). */
function leadTo(address: string): RequestListener {
  return (incoming, outgoing) => {
    const { method, url = '', headers } = incoming
    if (!url.startsWith(`${FIGMA}/`)) {
      outgoing.writeHead(502).end()
      return
    }
    const onwards = request(address, { method, path: url.slice(FIGMA.length), headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    onwards.on('error', () => outgoing.destroy())
    incoming.pipe(onwards)
  }
}
