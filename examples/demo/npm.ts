/**
 * `--npm`: the npm tab with nothing made up. A real registry behind the guard, and the real npm that publishes and installs one
 * small package with a token that is limited to it.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPlanTokens, memoryStore } from 'plan-access-tokens'
import { npmPolicy, npmrc, registryGuard } from 'plan-access-tokens/npm'
import { testDirectory } from 'plan-access-tokens/testing'
import { forwardTo, noAdvisories } from '../npm-registry/forward.ts'
import { startVerdaccio } from '../npm-registry/verdaccio.ts'
import type { Printer } from './print.ts'

/** One command: what is typed, in which folder, and what must stand on the terminal; `fails` if npm must refuse. */
interface Step {
  readonly folder: string
  readonly args: readonly string[]
  readonly shows: RegExp
  readonly fails?: boolean
}

const STEPS: readonly Step[] = [
  { folder: 'button', args: ['publish'], shows: /^\+ @acme\/button@1\.0\.0$/m },
  { folder: 'button', args: ['dist-tag', 'ls', '@acme/button'], shows: /^latest: 1\.0\.0$/m },
  { folder: 'app', args: ['install'], shows: /added 1 package/ },
  { folder: 'secret', args: ['publish'], shows: /not among those that the token may reach/, fails: true },
  {
    folder: 'app',
    args: ['view', '@acme/button', 'version', '--prefer-online'],
    shows: /has been revoked/,
    fails: true,
  },
]

/** Shows it; 1 if npm said anything else than it should. */
export async function tellNpm(print: Printer): Promise<0 | 1> {
  const root = await mkdtemp(join(tmpdir(), 'demo-npm-'))
  const verdaccio = await startVerdaccio()
  const policy = npmPolicy({ packageScopes: ['@acme'], registry: 'https://npm.acme.example' })
  const directory = testDirectory({ acme: { admins: ['ada'], resources: { 'npm_scope:@acme': {} } } })
  const tokens = createPlanTokens({ policy, store: memoryStore(), directory })
  const forward = forwardTo(verdaccio.url)
  const listener: RequestListener = registryGuard(tokens, (request, response: ServerResponse) =>
    request.planToken.endpoint.route.startsWith('POST ')
      ? noAdvisories(response, request.url)
      : forward(request, response),
  )
  const server = createServer(listener)
  try {
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const { token, secret } = await tokens.create({
      ...{ actor: 'ada', planId: 'acme', type: 'npm', name: 'Button release', lifetimeDays: 30 },
      ...{ scopes: ['npm:read', 'npm:write'], resources: ['@acme/button'] },
    })
    const lines = npmrc({ registry, scope: '@acme' }).project
    print.title('npm registry: a token for one package, and the real npm')
    print.say('ada made a token that may read and write @acme/button. These lines are in the .npmrc of each folder:')
    print.lines(lines.trimEnd().split('\n'))
    await write(root, 'button', { name: '@acme/button', version: '1.0.0', license: 'MIT' }, lines)
    await write(root, 'secret', { name: '@acme/secret', version: '1.0.0', license: 'MIT' }, lines)
    await write(root, 'app', { name: 'app', private: true, dependencies: { '@acme/button': '1.0.0' } }, lines)
    let wrong = 0
    for (const [i, { folder, args, shows, fails = false }] of STEPS.entries()) {
      if (i === STEPS.length - 1) await tokens.revoke({ actor: 'ada', id: token.id })
      const { status, text } = await npm(root, folder, args, secret.reveal())
      const isRight = (status !== 0) === fails && shows.test(text)
      if (!isRight) wrong += 1
      const outcome = isRight ? (fails ? 'refused' : 'done') : 'not as it should be'
      const tone = isRight ? (fails ? 'refused' : 'passed') : 'wrong'
      print.step({ number: i + 1, who: folder, what: `npm ${args.join(' ')}`, outcome, tone })
      print.lines(
        isRight
          ? ((text.split('\n').find((line) => shows.test(line)) ?? '').match(/.{1,84}/g) ?? [])
          : text.split('\n'),
      )
    }
    print.summary(
      wrong === 0 ? 'npm did what the token says' : `${wrong} steps went wrong`,
      wrong === 0 ? 'passed' : 'wrong',
    )
    return wrong === 0 ? 0 : 1
  } finally {
    server.closeAllConnections()
    server.close()
    await verdaccio.stop()
    await rm(root, { recursive: true, force: true })
  }
}

async function write(root: string, folder: string, manifest: object, lines: string): Promise<void> {
  await mkdir(join(root, folder), { recursive: true })
  await writeFile(join(root, folder, 'package.json'), JSON.stringify(manifest))
  await writeFile(join(root, folder, '.npmrc'), lines)
}

/** Runs npm with a home and a cache of its own. */
function npm(
  root: string,
  folder: string,
  args: readonly string[],
  secret: string,
): Promise<{ readonly status: number | null; readonly text: string }> {
  const env = {
    ...{ PATH: process.env.PATH, HOME: root, NPM_TOKEN: secret, NO_COLOR: '1', CI: '1' },
    ...{ npm_config_cache: join(root, 'cache'), npm_config_update_notifier: 'false', npm_config_fund: 'false' },
    npm_config_audit: 'false',
  }
  return new Promise((resolve, reject) => {
    const child = spawn('npm', [...args], { cwd: join(root, folder), env, stdio: ['ignore', 'pipe', 'pipe'] })
    let text = ''
    const listen = (chunk: unknown): void => {
      text += String(chunk)
    }
    child.stdout.on('data', listen)
    child.stderr.on('data', listen)
    child.once('error', reject)
    child.once('close', (status) => resolve({ status, text }))
  })
}
