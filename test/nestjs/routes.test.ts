/**
 * What only Nest has, in real applications: who is guarded and by whose options, prefixes and versions, middlewares, parsers and
 * filters. Hostile targets and bodies: tables.test.ts.
 */
import { createServer } from 'node:http'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { A, B, type World, world, worldWithNpm } from '../attack/world.ts'
import { jsonRequest, request, varyOf } from '../http/support/served.ts'
import { listen, type Running } from '../http/support/site.ts'
import { type Reply, type Sending, send1 } from '../http/support/wire.ts'
import type { Made } from '../support/world.ts'
import { classOf, create, type Method, type Setting, start } from './applications.ts'
import { ADAPTERS, type Any, type Loaded, load, NESTS } from './nests.ts'

const FILE = `GET /v1/files/${A}`

let w: World
let revoked: Made
beforeAll(async () => {
  w = await world()
  revoked = await w.make({ name: 'Revoked' })
  await w.tokens.revoke({ actor: 'admin-1', id: revoked.token.id })
})

describe.each(NESTS)('%s', (_, version) => {
  let loaded: Loaded
  let nest: Any
  let ours: Any
  beforeAll(async () => {
    if (!version.folder) return
    loaded = await load(version)
    ;({ nest, ours } = loaded)
  }, 240_000)
  afterAll(() => loaded?.home.remove())

  describe.skipIf(!version.folder).each(ADAPTERS)('over %s', (over) => {
    const serve = async (setting: Setting): Promise<(sending: Sending) => Promise<Reply>> => {
      const { port, close } = await start(loaded, over, setting)
      onTestFinished(close)
      return (sending) => send1(port, sending)
    }
    const module = (more: object = {}): Any => ours.PlanTokensModule.forRoot({ tokens: w.tokens, ...more })
    /** A route for a file that tells the token's name, or `nobody`. */
    const file = (path = 'v1/files/:key', ...on: readonly Any[]): Method => ({
      on: [nest.Get(path), ...on],
      takes: [nest.Param('key'), ours.PlanToken()],
      run: (key, planToken) => ({ key, by: planToken?.token.name ?? 'nobody' }),
    })
    const guarded = (name: string, methods: { readonly [name: string]: Method }, options?: object): Any =>
      classOf(name, [nest.Controller(), ours.PlanTokenGuarded(options)], methods)
    const codeOf = ({ body }: Reply): unknown => JSON.parse(body).code

    it('guards what has the decorator, and leaves another controller to its own login', async () => {
      class Login {
        canActivate(context: Any): boolean {
          return context.switchToHttp().getRequest().headers.cookie === 'session=ada'
        }
      }
      const Pages = classOf('Pages', [nest.Controller(), nest.UseGuards(new Login())], {
        show: { on: [nest.Get('pages')], run: () => 'page' },
      })
      const Mixed = classOf('Mixed', [nest.Controller()], {
        file: file('v1/files/:key', ours.PlanTokenGuarded()),
        open: { on: [nest.Get('health')], run: () => 'ok' },
      })
      const send = await serve({ imports: [module()], controllers: [Pages, Mixed] })
      expect((await send(request('GET /health'))).body).toBe('ok')
      expect((await send(request('GET /pages'))).status).toBe(403)
      expect((await send(request('GET /pages', w.ALL))).status).toBe(403)
      expect((await send(request('GET /pages', undefined, { headers: [['Cookie', 'session=ada']] }))).body).toBe('page')
      expect(codeOf(await send(request(FILE, undefined, { headers: [['Cookie', 'session=ada']] })))).toBe(
        'token_missing',
      )
      expect(JSON.parse((await send(request(FILE, w.ONE))).body)).toEqual({ key: A, by: 'One project' })
      expect(codeOf(await send(request(`GET /v1/files/${B}`, w.ONE)))).toBe('resource_not_allowed')
    })

    it('lets a route say more than its controller, and this more than the module', async () => {
      const both = await worldWithNpm()
      const imports = [ours.PlanTokensModule.forRoot({ tokens: both.tokens, optional: true })]
      const Api = guarded(
        'Api',
        {
          free: file('v1/files/:key'),
          strict: file('v1/files/:key/comments', ours.PlanTokenGuarded({ optional: false })),
          package: { ...file('@acme/:key', ours.PlanTokenGuarded({ surface: 'npm' })) },
        },
        { surface: 'figma' },
      )
      const send = await serve({ imports, controllers: [Api] })
      expect((await send(request(FILE))).body).toContain('nobody')
      expect((await send(request(FILE, both.ONE))).body).toContain('One project')
      expect(codeOf(await send(request(`${FILE}/comments`)))).toBe('token_missing')
      const bearer = ({ secret }: Made) => ({ headers: [['Authorization', `Bearer ${secret}`] as const] })
      expect((await send(request('GET /@acme/ui', undefined, bearer(both.NPM)))).status).toBe(200)
      expect(codeOf(await send(request('GET /@acme/ui', undefined, bearer(both.ALL))))).toBe('token_wrong_type')
      expect((await send(request(FILE, undefined, bearer(both.NPM)))).status).toBe(403)
    })

    it('judges a request once, however many decorators stand before it', async () => {
      const decided: unknown[] = []
      const counting = await world({ onDecision: (event) => void decided.push(event.code) })
      const Api = guarded('Api', { file: file('v1/files/:key', ours.PlanTokenGuarded({ optional: true })) })
      const send = await serve({
        imports: [ours.PlanTokensModule.forRoot({ tokens: counting.tokens })],
        controllers: [Api],
        providers: [{ provide: nest.APP_GUARD, useExisting: ours.PlanTokenGuard }],
      })
      const before = decided.length
      expect((await send(request(FILE, counting.ONE))).status).toBe(200)
      expect(decided.length - before).toBe(1)
    })

    it.each(['useExisting', 'useClass', 'useGlobalGuards'])(
      'guards all controllers as a global guard (%s)',
      async (how) => {
        const Api = classOf('Api', [nest.Controller()], {
          file: file(),
          open: { on: [nest.Get('health'), ours.PlanTokenExempt()], run: () => 'ok' },
          forgotten: { on: [nest.Get('forgotten')], run: () => 'secrets' },
        })
        const Pages = classOf('Pages', [nest.Controller('pages'), ours.PlanTokenExempt()], {
          show: { on: [nest.Get()], run: () => 'page' },
          back: file('v1/files/:key', ours.PlanTokenGuarded()),
        })
        const isProvided = how !== 'useGlobalGuards'
        const send = await serve({
          imports: [module()],
          controllers: [Api, Pages],
          providers: isProvided ? [{ provide: nest.APP_GUARD, [how]: ours.PlanTokenGuard }] : [],
          before: (app) => !isProvided && app.useGlobalGuards(app.get(ours.PlanTokenGuard)),
        })
        expect((await send(request(FILE, w.ONE))).body).toContain('One project')
        const refused = await send(request(FILE))
        expect([refused.status, refused.headers['content-type']]).toEqual([401, 'application/problem+json'])
        expect(codeOf(await send(request('GET /forgotten', w.ALL)))).toBe('endpoint_unknown')
        expect(codeOf(await send(request('GET /forgotten')))).toBe('token_missing')
        expect((await send(request('GET /health'))).body).toBe('ok')
        expect((await send(request('GET /pages'))).body).toBe('page')
        expect(codeOf(await send(request(`GET /pages/v1/files/${A}`)))).toBe('token_missing')
      },
    )

    it('takes the base path from the global prefix, for the routes that have it', async () => {
      const Api = guarded('Api', { file: file(), bare: file('v1/files/:key/comments') })
      const exclude = [{ path: 'v1/files/:key/comments', method: nest.RequestMethod.GET }]
      for (const prefix of ['api', '/api/', 'org/api']) {
        const send = await serve({
          imports: [module()],
          controllers: [Api],
          before: (app) => app.setGlobalPrefix(prefix, { exclude }),
        })
        const path = prefix.replaceAll(/^\/|\/$/g, '')
        expect((await send(request(`GET /${path}/v1/files/${A}`, w.ONE))).status, prefix).toBe(200)
        expect((await send(request(`GET /${path}/v1/files/${B}`, w.ONE))).status, prefix).toBe(403)
        expect((await send(request(`${FILE}/comments`, w.ONE))).status, prefix).toBe(200)
        expect((await send(request(`GET /v1/files/${B}/comments`, w.ONE))).status, prefix).toBe(403)
        expect((await send(request(FILE, w.ONE))).status, prefix).toBe(404)
      }
      const named = await serve({
        imports: [module({ basePath: '/inner' })],
        controllers: [classOf('Named', [nest.Controller('inner'), ours.PlanTokenGuarded()], { file: file() })],
      })
      expect((await named(request(`GET /inner/v1/files/${A}`, w.ONE))).status).toBe(200)
      const none = await serve({
        imports: [module({ basePath: '' })],
        controllers: [guarded('Whole', { file: file('files/:key') })],
        before: (app) => app.setGlobalPrefix('v1'),
      })
      expect((await none(request(FILE, w.ONE))).status).toBe(200)
      expect((await none(request(`GET /v1/files/${B}`, w.ONE))).status).toBe(403)
    })

    it('judges the path of a version as it is, and other versions by the path alone', async () => {
      const { URI, HEADER, MEDIA_TYPE, CUSTOM } = nest.VersioningType
      const versions = [
        { type: URI, path: 'files/:key', headers: [] },
        { type: HEADER, header: 'X-Version', path: 'v1/files/:key', headers: [['X-Version', '1'] as const] },
        { type: MEDIA_TYPE, key: 'v=', path: 'v1/files/:key', headers: [['Accept', 'application/json;v=1'] as const] },
        {
          ...{ type: CUSTOM, extractor: (asked: Any) => (asked.headers ?? asked.raw.headers)['x-mine'] ?? '' },
          ...{ path: 'v1/files/:key', headers: [['X-Mine', '1'] as const] },
        },
      ]
      for (const { path, headers, ...options } of versions) {
        const Api = classOf('Api', [nest.Controller({ version: '1' }), ours.PlanTokenGuarded()], { file: file(path) })
        const send = await serve({
          imports: [module()],
          controllers: [Api],
          before: (app) => app.setGlobalPrefix('api').enableVersioning(options),
        })
        const what = `type ${options.type}`
        expect((await send(request(`GET /api/v1/files/${A}`, w.ONE, { headers }))).status, what).toBe(200)
        expect((await send(request(`GET /api/v1/files/${B}`, w.ONE, { headers }))).status, what).toBe(403)
        expect((await send(request(`GET /api/v1/files/${A}`, undefined, { headers }))).status, what).toBe(401)
        expect((await send(request(`GET /api/v2/files/${A}`, w.ONE, { headers }))).status, what).toBe(404)
      }
    })

    it('goes by what was routed, whatever a middleware makes of the URL', async () => {
      // On Express a rewrite changes what is routed; on Fastify that is done before any middleware.
      const seen: string[] = []
      const late = (asked: Any, _: unknown, next: () => void): void => {
        seen.push(asked.url)
        const lie = asked.headers['x-lie']
        if (lie !== undefined) Object.assign(asked, { url: lie, originalUrl: lie })
        setImmediate(next)
      }
      const Api = guarded('Api', { file: file() })
      const send = await serve({
        imports: [module()],
        controllers: [Api],
        configure: (consumer) => consumer.apply(late).forRoutes(Api),
      })
      expect(JSON.parse((await send(request(FILE, w.ONE))).body).key).toBe(A)
      expect(seen).toHaveLength(1)
      const reply = await send(request(`GET /v1/files/${B}`, w.ONE, { headers: [['X-Lie', `/v1/files/${A}`]] }))
      if (over === 'express') expect(JSON.parse(reply.body).key).toBe(A)
      else expect(codeOf(reply)).toBe('resource_not_allowed')
    })

    it('works below another server, which takes a part of the path off', async () => {
      if (over === 'fastify') return
      const app = await create(loaded, over, { imports: [module()], controllers: [guarded('Api', { file: file() })] })
      await app.init()
      const inner = app.getHttpAdapter().getInstance()
      const server: Running = await listen(
        createServer((asked, answer) => {
          asked.url = asked.url?.replace(/^\/outer/, '') ?? ''
          inner(asked, answer)
        }),
      )
      onTestFinished(async () => {
        await server.close()
        await app.close()
      })
      expect((await send1(server.port, request(`GET /outer/v1/files/${A}`, w.ONE))).status).toBe(200)
      expect((await send1(server.port, request(`GET /outer/v1/files/${B}`, w.ONE))).status).toBe(403)
    })

    const WEBHOOKS = 'POST /v2/webhooks'
    const ofTeam = (id: string) => ({ event_type: 'FILE_UPDATE', context: 'team', context_id: id })
    const webhooks = (runs: unknown[]): Any =>
      guarded('Webhooks', {
        make: {
          on: [nest.Post('v2/webhooks'), nest.HttpCode(200)],
          takes: [nest.Body(), ours.PlanToken()],
          run: (body, planToken) => {
            runs.push(body)
            return planToken.resources
          },
        },
      })

    it.each([{}, { rawBody: true }])('judges the body that the handler gets (%j)', async (options) => {
      const runs: unknown[] = []
      const send = await serve({ imports: [module()], controllers: [webhooks(runs)], options })
      const reply = await send(jsonRequest(WEBHOOKS, w.ALL, ofTeam('456')))
      expect([reply.status, JSON.parse(reply.body)]).toEqual([200, [{ kind: 'team', id: '456' }]])
      expect(runs).toEqual([ofTeam('456')])
      expect((await send(jsonRequest(WEBHOOKS, w.ALL, ofTeam('956')))).status).toBe(403)
      for (const text of ['{}', '', '[]', '"x"', '{"context":"team","context_id":["456"]}'])
        expect((await send(jsonRequest(WEBHOOKS, w.ALL, text))).status, text).toBe(400)
      const form = {
        body: ['context=team&context_id=456'],
        headers: [['Content-Type', 'application/x-www-form-urlencoded'] as const],
      }
      expect((await send(request(WEBHOOKS, w.ALL, form))).status).toBe(400)
      const twice = '{"context":"team","context_id":"956","context_id":"456"}'
      const said = await send(jsonRequest(WEBHOOKS, w.ALL, twice))
      // Without the bytes, what the handler gets is all that is known, and is judged.
      expect(said.status).toBe('rawBody' in options ? 400 : 200)
      expect(runs.length).toBe('rawBody' in options ? 1 : 2)
    })

    it('reads a body that Nest has not parsed', async () => {
      const runs: unknown[] = []
      const send = await serve({ imports: [module()], controllers: [webhooks(runs)], options: { bodyParser: false } })
      expect((await send(jsonRequest(WEBHOOKS, w.ALL, ofTeam('456')))).status).toBe(200)
      expect((await send(jsonRequest(WEBHOOKS, w.ALL, ofTeam('956')))).status).toBe(403)
      expect(runs).toHaveLength(1)
    })

    it("keeps status, headers and body beside a filter of the host's that takes everything", async () => {
      class All {
        catch(error: Any, host: Any): void {
          const response = host.switchToHttp().getResponse()
          const { code } = error.getResponse()
          response.status(error.getStatus()).send({ mine: true, code })
        }
      }
      nest.Catch()(All)
      const Api = guarded('Api', { file: file(), own: file('v1/files/:key/comments', nest.UseFilters(new All())) })
      const send = await serve({
        imports: [module()],
        controllers: [Api],
        before: (app) => app.useGlobalFilters(new All()),
      })
      const reply = await send(request(FILE, revoked))
      expect([reply.status, reply.headers['content-type'], codeOf(reply)]).toEqual([
        401,
        'application/problem+json',
        'token_revoked',
      ])
      const own = await send(request(`${FILE}/comments`, revoked))
      expect([own.status, JSON.parse(own.body)]).toEqual([401, { mine: true, code: 'token_revoked' }])
      expect(own.headers).toMatchObject({
        'cache-control': 'no-store',
        'www-authenticate': expect.stringContaining('invalid_token'),
      })
      expect(varyOf(own)).toEqual(expect.arrayContaining(['x-figma-token', 'authorization']))
    })

    it('gives interceptors and errors of handlers what the guard has decided', async () => {
      const names: unknown[] = []
      class Counting {
        intercept(context: Any, next: Any): unknown {
          names.push(context.switchToHttp().getRequest().planToken.token.name)
          return next.handle()
        }
      }
      const Api = guarded('Api', {
        file: {
          on: [nest.Get('v1/files/:key'), nest.UseInterceptors(new Counting())],
          run: () => {
            throw new nest.NotFoundException('No such file.')
          },
        },
      })
      const send = await serve({ imports: [module()], controllers: [Api] })
      const reply = await send(request(FILE, w.ONE))
      expect([reply.status, reply.headers['cache-control'], names]).toEqual([404, 'no-store', ['One project']])
    })

    it('takes its options from a function', async () => {
      class Engine {
        readonly tokens = w.tokens
      }
      const Engines = classOf('Engines', [nest.Module({ providers: [Engine], exports: [Engine] })], {})
      const imports = [
        ours.PlanTokensModule.forRootAsync({
          ...{ imports: [Engines], inject: [Engine] },
          useFactory: async ({ tokens }: Engine) => ({ tokens }),
        }),
      ]
      const send = await serve({ imports, controllers: [guarded('Api', { file: file() })] })
      expect((await send(request(FILE, w.ONE))).status).toBe(200)
      expect((await send(request(FILE))).status).toBe(401)
    })

    it('guards what a controller inherits', async () => {
      const Base = guarded('Base', { file: file() })
      const Api = classOf('Api', [nest.Controller('v1')], { own: file('files/:key/comments') }, Base)
      // The inherited route lies below the path of its controller, and so is none of the policy.
      const send = await serve({ imports: [module()], controllers: [Api] })
      expect((await send(request(`${FILE}/comments`, w.ONE))).status).toBe(200)
      expect((await send(request(`${FILE}/comments`))).status).toBe(401)
      expect(codeOf(await send(request(`GET /v1/v1/files/${A}`, w.ALL)))).toBe('endpoint_unknown')
    })
  })
})
