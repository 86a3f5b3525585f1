/**
 * examples/nestjs as hosts write it: with the syntax of decorators, compiled by TypeScript to CommonJS, which most applications of
 * Nest are, and to ES modules. Each is a process of its own that loads the built package.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { call } from '../examples/program.ts'
import { type Loaded, load, NESTS } from './nests.ts'

const PATH = new URL('../../examples/nestjs/main.ts', import.meta.url)
const SOURCE = readFileSync(PATH, 'utf8')

const FORMATS = [
  { format: 'CommonJS', type: 'commonjs', module: ts.ModuleKind.CommonJS },
  { format: 'ES modules', type: 'module', module: ts.ModuleKind.ES2022 },
] as const

/** As the projects of Nest's own command line have them. */
const OPTIONS = { target: ts.ScriptTarget.ES2023, experimentalDecorators: true, emitDecoratorMetadata: true }

/** Compiles it into a folder of its own and starts it, until the test ends; gives what it prints. */
async function run(home: string, type: string, module: ts.ModuleKind): Promise<string> {
  const folder = await mkdtemp(join(home, 'host-'))
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'host', private: true, type }))
  const { outputText } = ts.transpileModule(SOURCE, { compilerOptions: { ...OPTIONS, module } })
  await writeFile(join(folder, 'main.js'), outputText)
  const env = { PATH: process.env.PATH, PORT: '0', NO_COLOR: '1' }
  const child = spawn(process.execPath, ['main.js'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(child, 'exit')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      printed += chunk
    })
  while (!/curl .*\n/.test(printed)) {
    if (child.exitCode !== null) throw new Error(`It ended.\n${printed}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return printed
}

it('the example has fewer than 60 lines', () => {
  expect(SOURCE.split('\n').length).toBeLessThan(60)
})

describe.each(NESTS)('%s', (_, version) => {
  let loaded: Loaded
  beforeAll(async () => {
    if (version.folder) loaded = await load(version)
  }, 240_000)
  afterAll(() => loaded?.home.remove())

  describe.skipIf(!version.folder).each(FORMATS)('as $format', ({ type, module }) => {
    it('answers the request that it prints, and asks for a token where there is none', async () => {
      const printed = await run(loaded.home.folder, type, module)
      const [, secret = '', url = ''] = /'X-Figma-Token: (figpat_\w+)' (http:\S+)/.exec(printed) ?? []
      const { status, headers, body } = await call(url, secret)
      expect([status, body]).toEqual([200, { name: 'File LANDING', readBy: 'To try' }])
      expect(headers.get('cache-control')).toBe('no-store')
      const refused = await call(url)
      expect([refused.status, refused.body.code]).toEqual([401, 'token_missing'])
      expect(refused.headers.get('content-type')).toBe('application/problem+json')
      expect((await call(url.replace('LANDING', 'ROADMAP'), secret)).body.code).toBe('resource_not_allowed')
      expect((await call(new URL('/api/health', url).href)).body).toEqual({ ok: true })
    })
  })
})
