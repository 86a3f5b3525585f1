/**
 * The recipes of docs/self-renewal.md, which lie in examples/self-renewal/: each file by the rules of whoever reads it, and each run
 * against a real server with a stand-in of the rest: of Secrets Manager behind AWS' own client, of the generator of External Secrets, and
 * of GitHub's program behind a workflow's script.
 */
import { execFile } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { Ajv } from 'ajv'
import { build } from 'esbuild'
import { afterEach, describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { rotation } from '../../examples/self-renewal/rotation.ts'
import { ADMIN, DAY, HOUR, MINUTE } from '../support/world.ts'
import { KINDS } from './external-secrets.ts'
import { newSite, type Site } from './nightly.ts'

const example = (name: string): Promise<string> =>
  readFile(new URL(`../../examples/self-renewal/${name}`, import.meta.url), 'utf8')
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

/** A site, and a token that may renew itself after half of 90 days. */
async function newToken() {
  const site = await newSite()
  ends.push(site.stop)
  const { id, secret } = await site.world.makeRenewing({ lifetimeDays: 90 })
  return { site, id, secret }
}

/** What the API answers to a secret. */
const ask = async ({ api }: Site, secret: string) =>
  (await fetch(api, { headers: { Authorization: `Bearer ${secret}` } })).status

describe('AWS Secrets Manager', () => {
  /** What its calls are given. */
  interface Asked {
    readonly VersionId?: string
    readonly VersionStage: string
    readonly ClientRequestToken: string
    readonly SecretString: string
    readonly VersionStages: readonly string[]
    readonly MoveToVersionId: string
    readonly RemoveFromVersionId: string
  }

  /** The service as far as a rotation needs it: versions of one secret with their stages. */
  async function newSecretsManager(secret: string) {
    const versions = new Map<string, { readonly text: string; stages: string[] }>([
      [randomUUID(), { text: JSON.stringify({ secret }), stages: ['AWSCURRENT'] }],
    ])
    const move = (stage: string, to: string): void => {
      for (const [id, version] of versions) {
        version.stages = version.stages.filter((one) => one !== stage)
        if (id === to) version.stages.push(stage)
      }
    }
    const calls: { readonly [name: string]: (input: Asked) => object | undefined } = {
      GetSecretValue({ VersionId, VersionStage }) {
        const found = [...versions].find(
          ([id, { stages }]) => (!VersionId || id === VersionId) && stages.includes(VersionStage),
        )
        return found && { VersionId: found[0], SecretString: found[1].text, VersionStages: found[1].stages }
      },
      PutSecretValue({ ClientRequestToken, SecretString, VersionStages }) {
        versions.set(ClientRequestToken, { text: SecretString, stages: [] })
        for (const stage of VersionStages) move(stage, ClientRequestToken)
        return {}
      },
      DescribeSecret: () => ({
        VersionIdsToStages: Object.fromEntries([...versions].map(([id, { stages }]) => [id, stages])),
      }),
      UpdateSecretVersionStage({ VersionStage, MoveToVersionId, RemoveFromVersionId }) {
        if (!versions.get(RemoveFromVersionId)?.stages.includes(VersionStage)) return undefined
        move(VersionStage, MoveToVersionId)
        return {}
      },
    }
    const server = createServer(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      const name = String(request.headers['x-amz-target']).replace('secretsmanager.', '')
      const answer = calls[name]?.(JSON.parse(body))
      response.writeHead(answer ? 200 : 400, { 'Content-Type': 'application/x-amz-json-1.1' })
      response.end(JSON.stringify(answer ?? { __type: 'ResourceNotFoundException', Message: 'none' }))
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    ends.push(() => server.close())
    const client = new SecretsManagerClient({
      ...{ region: 'eu-central-1', credentials: { accessKeyId: 'x', secretAccessKey: 'y' }, maxAttempts: 1 },
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    })
    ends.push(() => client.destroy())
    const secretAt = (stage: string): string | undefined => {
      const found = [...versions.values()].find(({ stages }) => stages.includes(stage))
      return found && JSON.parse(found.text).secret
    }
    return { client, secretAt }
  }

  it('rotates by its four steps, ten times, each of them repeated, and a lost answer among them', async () => {
    const { site, id, secret } = await newToken()
    const { client, secretAt } = await newSecretsManager(secret)
    const rotate = rotation({ client, renewalUrl: site.url, testUrl: site.api })
    for (let i = 0; i < 10; i++) {
      site.world.clock.advance(45 * DAY)
      // Its term begins again with it.
      if (i === 4) await site.world.tokens.edit({ actor: 'admin-1', id, name: 'Rotated' })
      const before = secretAt('AWSCURRENT')!
      const event = { SecretId: 'arn:secret', ClientRequestToken: randomUUID() }
      const step = (Step: string) => rotate({ ...event, Step } as Parameters<typeof rotate>[0])
      if (i % 2 === 0) {
        site.faults.push('lost after')
        await expect(step('createSecret')).rejects.toThrow()
      }
      for (const Step of ['createSecret', 'setSecret', 'testSecret', 'finishSecret']) {
        await step(Step)
        await step(Step)
        expect(await ask(site, secretAt('AWSCURRENT')!)).toBe(200)
      }
      expect(secretAt('AWSCURRENT')).not.toBe(before)
      expect(await ask(site, before)).toBe(200)
    }
    expect(await site.world.log()).not.toContain('superseded_secret_used')
  })

  it('too early says so, and leaves what is current', async () => {
    const { site, secret } = await newToken()
    const { client, secretAt } = await newSecretsManager(secret)
    const rotate = rotation({ client, renewalUrl: site.url, testUrl: site.api })
    const event = { Step: 'createSecret', SecretId: 'arn:secret', ClientRequestToken: randomUUID() } as never
    await expect(rotate(event)).rejects.toThrow('Not renewed: renewal_too_early')
    expect([secretAt('AWSCURRENT'), secretAt('AWSPENDING')]).toEqual([secret, undefined])
  })
})

describe('External Secrets', () => {
  const resources = async () =>
    parseAllDocuments(await example('external-secret.yaml')).map((document) => document.toJS())

  it('takes each resource by its definition', async () => {
    const ajv = new Ajv({ allErrors: true, strict: false })
    for (const resource of await resources()) {
      const isRight = ajv.compile(KINDS[resource.kind]!)
      expect(isRight(resource), `${resource.kind}: ${ajv.errorsText(isRight.errors)}`).toBe(true)
      expect(isRight({ ...resource, spec: { ...resource.spec, misspelt: 1 }, data: 7 })).toBe(false)
    }
    expect((await resources()).map(({ kind }) => kind)).toEqual(['Secret', 'Webhook', 'ExternalSecret'])
  })

  it('asks for what the resource says, and has a lost answer again by the key that follows from the secret', async () => {
    const { site, secret } = await newToken()
    const [kept, { spec: webhook }, { spec }] = await resources()
    expect(kept.metadata.labels['external-secrets.io/type']).toBe('webhook')
    expect([spec.target.name, spec.dataFrom[0].sourceRef.generatorRef.name]).toEqual([kept.metadata.name, 'plan-token'])
    /** The templates of Go, as far as the recipe uses them. */
    const render = (template: string, values: Record<string, Record<string, string>>): string =>
      template.replaceAll(/\{\{ (.+?) \}\}/g, (_, expression: string) => {
        const [, format, path = expression.slice(1)] = /^printf "(.+)" \.(\S+) \| sha256sum$/.exec(expression) ?? []
        const [object = '', field = ''] = path.split('.')
        const value = values[object]![field]!
        return format ? createHash('sha256').update(format.replace('%s', value)).digest('hex') : value
      })
    const generate = async (current: string) => {
      const values = { [webhook.secrets[0].name]: { secret: current } }
      const headers = Object.entries<string>(webhook.headers).map(([name, text]) => [name, render(text, values)])
      const answer = await fetch(site.url, { method: webhook.method, headers: Object.fromEntries(headers) })
      return { status: answer.status, body: await answer.json() }
    }
    expect(await generate(secret)).toMatchObject({ status: 409, body: { code: 'renewal_too_early' } })
    site.world.clock.advance(Number(/^(\d+)h$/.exec(spec.refreshInterval)![1]) * HOUR)
    const lost = await generate(secret)
    const again = await generate(secret)
    expect([await ask(site, lost.body.secret), await ask(site, again.body.secret)]).toEqual([401, 200])
    expect(spec.target.template.data.secret).toBe('{{ .secret }}')
  })
})

describe('GitHub Actions', () => {
  /** GitHub's own parser of workflows, bundled, since it imports JSON in a way that Node does not take. */
  async function errorsOf(content: string): Promise<readonly string[]> {
    const { outputFiles } = await build({
      stdin: {
        contents: `import { NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser'
          export const errorsOf = (content) =>
            parseWorkflow({ name: 'w.yml', content }, new NoOperationTraceWriter()).context.errors.getErrors().map(String)`,
        resolveDir: process.cwd(),
      },
      ...{ bundle: true, format: 'esm', platform: 'node', write: false },
    })
    const folder = await mkdtemp(join(tmpdir(), 'workflow-'))
    ends.push(() => rm(folder, { recursive: true }))
    const file = join(folder, 'parser.mjs')
    await writeFile(file, outputFiles[0]!.contents)
    const parser = (await import(/* @vite-ignore */ file)) as { errorsOf(text: string): readonly string[] }
    return parser.errorsOf(content)
  }

  it('takes the workflow', async () => {
    const text = await example('renew-token.yml')
    expect(await errorsOf(text)).toEqual([])
    expect(await errorsOf(text.replace('runs-on:', 'runs_on:'))).not.toEqual([])
    expect(await errorsOf(text.replace('secrets.PLAN_TOKEN }}', 'secret.PLAN_TOKEN }}'))).not.toEqual([])
  })

  it('runs the script, which keeps the state before the secret, and goes on after a run that broke off', async () => {
    const { site, id, secret } = await newToken()
    const folder = await mkdtemp(join(tmpdir(), 'github-'))
    ends.push(() => rm(folder, { recursive: true }))
    // What `gh secret set NAME` would do with its standard input.
    const gh = join(folder, 'gh')
    await writeFile(
      gh,
      `#!/bin/sh\n[ "$1 $2" = "secret set" ] || exit 1\n[ "$3" = "$FAIL_AT" ] && exit 1\ncat > "${folder}/$3"\n`,
    )
    await chmod(gh, 0o755)
    const script = join(folder, 'renew.mjs')
    await build({
      entryPoints: ['examples/self-renewal/renew-in-github.mjs'],
      ...{ outfile: script, bundle: true, format: 'esm', platform: 'node', tsconfig: 'tsconfig.json' },
      // The clock of the test.
      banner: { js: 'Date.now = () => Number(process.env.NOW);' },
    })
    await writeFile(join(folder, 'PLAN_TOKEN'), secret)
    const kept = (name: string) => readFile(join(folder, name), 'utf8').catch(() => '')
    const run = async (more = {}) => {
      const env = {
        ...{
          PATH: `${folder}${delimiter}${process.env.PATH}`,
          NOW: String(site.world.clock.now()),
          RENEWAL_URL: site.url,
        },
        ...{ PLAN_TOKEN: await kept('PLAN_TOKEN'), PLAN_TOKEN_STATE: await kept('PLAN_TOKEN_STATE'), ...more },
      }
      return promisify(execFile)(process.execPath, [script], { env }).then(
        ({ stdout, stderr }) => stdout + stderr,
        ({ stdout, stderr }) => stdout + stderr,
      )
    }
    const said = [await run()]
    expect(await kept('PLAN_TOKEN')).toBe(secret)
    for (let i = 0; i < 4; i++) {
      const before = await kept('PLAN_TOKEN')
      site.world.clock.advance(45 * DAY)
      said.push(await run({ FAIL_AT: i % 2 === 0 ? 'PLAN_TOKEN' : 'PLAN_TOKEN_STATE' }))
      expect(await ask(site, await kept('PLAN_TOKEN'))).toBe(200)
      site.world.clock.advance(5 * MINUTE)
      said.push(await run())
      const after = await kept('PLAN_TOKEN')
      expect([after === before, await ask(site, after)]).toEqual([false, 200])
      expect(JSON.parse(await kept('PLAN_TOKEN_STATE')).secret).toBe(after)
    }
    for (const text of said) expect(text).not.toContain(await kept('PLAN_TOKEN'))
    // An admin refreshes it, and puts the new secret where the workflows read it.
    const fresh = (await site.world.tokens.refresh({ actor: ADMIN, id })).secret.reveal()
    await writeFile(join(folder, 'PLAN_TOKEN'), fresh)
    await run()
    expect(await kept('PLAN_TOKEN')).toBe(fresh)
    site.world.clock.advance(45 * DAY)
    await run()
    const after = await kept('PLAN_TOKEN')
    expect([after === fresh, await ask(site, after)]).toEqual([false, 200])
    expect(said.join('')).not.toContain(secret)
  })

  it('gives the script what it reads, from a workflow of which one runs at a time', async () => {
    const workflow = parse(await example('renew-token.yml'))
    const [, , , { run, env }] = workflow.jobs.renew.steps
    expect(workflow.concurrency.group).toBe('renew-plan-token')
    expect(run).toBe('node .github/renew-in-github.mjs')
    const script = await example('renew-in-github.mjs')
    for (const name of ['RENEWAL_URL', 'PLAN_TOKEN', 'PLAN_TOKEN_STATE']) {
      expect(env[name]).toContain(name)
      expect(script).toContain(name)
    }
  })
})
