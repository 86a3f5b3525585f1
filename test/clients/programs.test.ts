/**
 * Programs that know nothing of this library, against a guarded server: what each does with a token, and what the person at
 * the terminal reads when it is refused: in the default form, problem+json, and as `figmaErrors` has it.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type FigmaPolicyOptions, type FigmaScope, figmaErrors, figmaPolicy } from 'plan-access-tokens/figma'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type FigmaServer, PICTURE, startFigma } from './figma.ts'
import { areInstalled, folderOf, newProject, PROGRAMS_COMMAND, type Project } from './programs.ts'

const title = (name: string): string => (areInstalled ? name : `${name} (skipped without it: ${PROGRAMS_COMMAND})`)

/** What a refusal reads as. */
interface Sentences {
  readonly closed: string
  readonly notAllowed: string
  readonly revoked: string
  readonly scope: string
}

const BY_DEFAULT: Sentences = {
  closed: 'The endpoint is not open to plan access tokens. Authenticate in another way.',
  notAllowed: 'A resource of the request is not among those that the token may reach. Ask a plan admin to add it.',
  revoked: 'The token has been revoked. Ask a plan admin for a new one.',
  scope:
    'The token holds none of the scopes that this endpoint takes. It takes any one of file_content:read, files:read.',
}
const AS_FIGMA: Sentences = {
  closed: 'This endpoint is not available to plan access tokens',
  notAllowed: 'This token has no access to this resource',
  revoked: 'Invalid token',
  scope: 'Invalid scope. This endpoint requires the file_content:read or files:read scope',
}

const NODE = 'https://www.figma.com/design/LANDING/Landing-page?node-id=1-2'
const TEMPLATE = `// url=${NODE}
// component=Arrow
import figma from 'figma'

export default { example: figma.code\`<Arrow />\`, id: 'arrow' }
`

/** Starts a program, loads all of it, and asks a server; a busy machine takes its time. */
const RUN = { timeout: 240_000 }

/** A server, and a project for each test with a token of its own. */
function newWorld(options: FigmaPolicyOptions) {
  let server: FigmaServer
  let project: Project | undefined
  beforeAll(async () => {
    server = await startFigma(options)
  })
  afterEach(() => project?.remove())
  afterAll(() => server?.close())

  return async (scopes?: readonly FigmaScope[], files: { readonly [name: string]: string } = {}) => {
    const { revoke, secret } = await server.issue(scopes)
    project = await newProject(server, secret, files)
    server.decided()
    return { ...project, revoke, secret, server }
  }
}
type World = Awaited<ReturnType<ReturnType<typeof newWorld>>>

const exporting = ({ run }: World, file: string) =>
  run('figma-export', 'components', file, '-O', '@figma-export/output-components-as-svg', '-o', 'icons')

const TEMPLATES = { 'arrow.figma.ts': TEMPLATE }
async function connect({ run, server }: World, command: string, ...args: readonly string[]) {
  const api = ['--api-url', `${server.address}/v1`, '--skip-update-check']
  const ran = await run('figma', 'connect', command, ...args, ...api)
  expect(ran.text).not.toContain('undefined')
  return ran
}

const data = ({ callTool }: World, fileKey: string) => callTool('get_figma_data', { fileKey })

const UNREACHED = [
  ['a file that the token may not read', 'ROADMAP', undefined, 'notAllowed'],
  ['a scope that it lacks', 'LANDING', ['projects:read'], 'scope'],
] as const

describe.skipIf(!areInstalled)(title('@figma-export/cli'), RUN, () => {
  const begin = newWorld({})

  it('exports what its token reaches', async () => {
    const world = await begin()
    const { text } = await exporting(world, 'LANDING')
    expect(text).toContain('done')
    expect(await world.written('icons')).toEqual({ 'arrow.svg': PICTURE })
    expect(world.server.decided()).toEqual(['allowed GET /v1/files/{file_key}', 'allowed GET /v1/images/{file_key}'])
  })

  it.each(UNREACHED)('says why it stops, and writes nothing: %s', async (_, file, scopes, sentence) => {
    const world = await begin(scopes)
    const { text } = await exporting(world, file)
    expect(text).toContain(`Error: while fetching file: ${BY_DEFAULT[sentence]}`)
    expect(text).not.toContain('done')
    expect(await world.written('icons')).toEqual({})
  })

  it('writes no empty icons where the token ends while it exports', async () => {
    const world = await begin()
    world.server.beforeAnswer(world.revoke)
    const { text } = await exporting(world, 'LANDING')
    expect(world.server.decided()).toEqual([
      'allowed GET /v1/files/{file_key}',
      'token_revoked GET /v1/images/{file_key}',
    ])
    expect(text).toContain("Error: 'images' are missing.")
    expect(text).not.toContain('done')
    expect(await world.written('icons')).toEqual({})
  })
})

describe.skipIf(!areInstalled)(title('@figma/code-connect'), RUN, () => {
  const begin = newWorld({})

  it('checks its templates against a file that its token reaches', async () => {
    const world = await begin(undefined, TEMPLATES)
    const { text, status } = await connect(world, 'publish', '--dry-run')
    expect(text).toContain('All Code Connect files are valid')
    expect(status).toBe(0)
    expect(world.server.decided()).toEqual(['allowed GET /v1/files/{file_key}/nodes'])
  })

  it.each([
    ['publish', ['--skip-validation'], 'Failed to upload to Figma (403): 403 ', 'POST /v1/code_connect'],
    ['unpublish', [], 'Failed to unpublish from Figma (403): ', 'DELETE /v1/code_connect'],
    ['create', [NODE], 'Failed to get node data from Figma (403): 403 ', 'GET /v1/code_connect/{file_key}/cli_data'],
    ['preview', [], '', 'POST /v1/code_connect/preview_snippets'],
  ])('cannot %s, and says that the endpoint is closed', async (command, args, before, route) => {
    const world = await begin(undefined, TEMPLATES)
    const { text, status } = await connect(world, command, ...args)
    expect(text).toContain(before + BY_DEFAULT.closed)
    expect(status).toBe(1)
    expect(world.server.decided()).toContain(`endpoint_not_supported ${route}`)
  })

  it('says that the token was revoked', async () => {
    const world = await begin(undefined, TEMPLATES)
    await world.revoke()
    const { text, status } = await connect(world, 'publish', '--dry-run')
    expect(text).toContain(`node info (401): 401 ${BY_DEFAULT.revoked}`)
    expect(status).toBe(1)
  })
})

describe.skipIf(!areInstalled)(title('figma-developer-mcp'), RUN, () => {
  const begin = newWorld({})

  it('gives an editor what its token reaches', async () => {
    const world = await begin()
    const { isError, text } = await data(world, 'LANDING')
    expect(isError).toBe(false)
    expect(text).toContain('arrow')
    expect(world.server.decided()).toEqual(['allowed GET /v1/files/{file_key}'])
  })

  it('downloads a picture', async () => {
    const { callTool, written } = await begin()
    const nodes = [{ nodeId: '1:2', fileName: 'arrow.svg' }]
    const { isError } = await callTool('download_figma_images', { fileKey: 'LANDING', nodes, localPath: 'pictures' })
    expect(isError).toBe(false)
    expect(await written('pictures')).toEqual({ 'arrow.svg': PICTURE })
  })

  it.each(UNREACHED)('tells the editor why it has nothing: %s', async (_, file, scopes, sentence) => {
    const world = await begin(scopes)
    const { isError, text } = await data(world, file)
    expect(isError).toBe(true)
    expect(text).toContain(BY_DEFAULT[sentence])
    expect(text).not.toContain(world.secret)
  })

  it('tells the editor that the token was revoked', async () => {
    const world = await begin()
    await world.revoke()
    const { isError, text } = await data(world, 'LANDING')
    expect(isError).toBe(true)
    expect(text).toContain('401')
    expect(text).toContain(BY_DEFAULT.revoked)
  })
})

describe.skipIf(!areInstalled)(title('programs for Figma, with figmaErrors'), RUN, () => {
  const begin = newWorld({ errors: figmaErrors })

  it('figma-export says why it stops', async () => {
    const world = await begin()
    expect((await exporting(world, 'ROADMAP')).text).toContain(`Error: while fetching file: ${AS_FIGMA.notAllowed}`)
    expect(await world.written('icons')).toEqual({})
  })

  it('Code Connect says that it cannot publish, and that a token was revoked', async () => {
    const world = await begin(undefined, TEMPLATES)
    const published = await connect(world, 'publish', '--skip-validation')
    expect(published.text).toContain(`Failed to upload to Figma (403): 403 ${AS_FIGMA.closed}`)
    await world.revoke()
    const checked = await connect(world, 'publish', '--dry-run')
    expect(checked.text).toContain(`node info (403): 403 ${AS_FIGMA.revoked}`)
    expect([published.status, checked.status]).toEqual([1, 1])
  })

  it('an MCP server tells the editor which scope the token lacks', async () => {
    const world = await begin(['projects:read'])
    expect(await data(world, 'LANDING')).toEqual({ isError: true, text: expect.stringContaining(AS_FIGMA.scope) })
  })
})

describe.skipIf(!areInstalled)(title('the sources of @figma/code-connect'), () => {
  const dist = areInstalled ? join(folderOf('@figma/code-connect'), 'dist') : undefined

  it('call no route of Code Connect that the policy does not know', () => {
    const files = dist === undefined ? [] : readdirSync(dist, { recursive: true, encoding: 'utf8' })
    const called = files
      .filter((name) => name.endsWith('.js'))
      .flatMap((name) => [
        ...readFileSync(join(String(dist), name), 'utf8').matchAll(/['"`][^'"`\s]*(\/code_connect[^'"`?\s]*)/g),
      ])
      .map(([, path = '']) => `/v1${path.replaceAll(/\$\{\w+\}/g, '{file_key}')}`)
    const known = Object.keys(figmaPolicy().data.endpoints).map((route) => route.split(' ')[1])
    expect([...new Set(called)].sort()).toEqual(
      [...new Set(known)].filter((path) => path?.includes('/code_connect')).sort(),
    )
  })
})
