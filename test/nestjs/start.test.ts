/** What an application with mistakes is told at its start, all of them at once; and what is refused later, where that is too early. */
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { A, type World, world } from '../attack/world.ts'
import { request } from '../http/support/served.ts'
import { send1 } from '../http/support/wire.ts'
import { classOf, create, type Setting, start } from './applications.ts'
import { ADAPTERS, type Any, type Loaded, load, NESTS } from './nests.ts'

const FILE = `GET /v1/files/${A}`

let w: World
beforeAll(async () => {
  w = await world()
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
    const module = (more: object = {}): Any => ours.PlanTokensModule.forRoot({ tokens: w.tokens, ...more })
    /** Every mistake that an application with this setting is told. */
    const mistakesOf = async (setting: Setting): Promise<readonly string[]> => {
      const app = await create(loaded, over, setting)
      onTestFinished(() => app.close())
      const error: Any = await app.init().then(
        () => ({ issues: [] }),
        (thrown: unknown) => thrown,
      )
      if (error.name !== undefined) expect([error.name, error instanceof TypeError]).toEqual(['SetupError', true])
      return error.issues.map(({ path, message }: Any) => `${path}: ${message}`)
    }
    const asks = (...on: readonly Any[]) => ({ on, takes: [ours.PlanToken()], run: () => 'ran' })

    it('tells every handler that asks for a decision and is guarded by nobody', async () => {
      const Open = classOf('Open', [nest.Controller()], {
        file: asks(nest.Get('v1/files/:key')),
        guarded: asks(nest.Get('v1/files/:key/comments'), ours.PlanTokenGuarded()),
        plain: { on: [nest.Get('health')], run: () => 'ok' },
      })
      const Exempt = classOf('Exempt', [nest.Controller(), ours.PlanTokenGuarded()], {
        free: asks(nest.Get('free'), ours.PlanTokenExempt()),
      })
      const nobody = 'has @PlanToken(), and nothing guards it. Put @PlanTokenGuarded() onto it or its controller.'
      expect(await mistakesOf({ imports: [module()], controllers: [Open, Exempt] })).toEqual([
        `Open.file: ${nobody}`,
        `Exempt.free: ${nobody}`,
      ])
      // Behind a guard for all it is guarded.
      const providers = [{ provide: nest.APP_GUARD, useExisting: ours.PlanTokenGuard }]
      expect(await mistakesOf({ imports: [module()], controllers: [Open], providers })).toEqual([])
    })

    it('tells what is no route of HTTP and asks for a decision or a guard', async () => {
      const Resolver = classOf('Resolver', [nest.Injectable(), ours.PlanTokenGuarded()], { file: { run: () => 'ran' } })
      const Gateway = classOf('Gateway', [nest.Injectable()], { onMessage: asks() })
      const Messages = classOf('Messages', [nest.Controller(), ours.PlanTokenGuarded()], {
        sum: { on: [nest.SetMetadata('microservices:pattern', ['sum'])], run: () => 1 },
        helper: { run: () => 1 },
      })
      const no =
        'is no route of HTTP, and nothing else is judged by the guard. Ask tokens.authorize({ secret, route, params }) in it.'
      expect(
        (await mistakesOf({ imports: [module()], controllers: [Messages], providers: [Resolver, Gateway] })).toSorted(),
      ).toEqual([`Gateway.onMessage: ${no}`, `Messages.sum: ${no}`, `Resolver.file: ${no}`])
    })

    it('tells wrong options of routes and controllers with their place, beside what else is wrong', async () => {
      const Api = classOf('Api', [nest.Controller(), ours.PlanTokenGuarded({ surface: 'figmma' })], {
        one: { on: [nest.Get('one')], run: () => 1 },
        two: { on: [nest.Get('two'), ours.PlanTokenGuarded({ optional: 'yes', surfaces: 1 })], run: () => 2 },
      })
      const mistakes = await mistakesOf({
        imports: [module()],
        controllers: [Api],
        before: (app) => app.setGlobalPrefix('api/:tenant'),
      })
      expect(mistakes).toEqual([
        'basePath: must be said: the global prefix has parameters, or letters that no path has.',
        expect.stringMatching(/^Api\.one\.surface: is "figmma", and must be one of figma/),
        expect.stringMatching(/^Api\.two\.optional: /),
        expect.stringMatching(/^Api\.two\.surfaces: /),
        expect.stringMatching(/^Api\.two\.surface: is "figmma"/),
      ])
    })

    it('tells wrong options of the module where they are given', async () => {
      const { PlanTokensModule } = ours
      for (const options of [
        undefined,
        {},
        { tokens: {} },
        { tokens: w.tokens, basePath: '/x/' },
        { tokens: w.tokens, nope: 1 },
        7,
      ])
        expect(() => PlanTokensModule.forRoot(options as never), JSON.stringify(options)).toThrow(
          /^PlanTokensModule\.forRoot\(\) found mistakes in the set-up:/,
        )
      const imports = [PlanTokensModule.forRootAsync({ useFactory: () => ({ tokens: w.tokens, surface: 'x' }) })]
      await expect(create(loaded, over, { imports })).rejects.toThrow(
        /PlanTokensModule\.forRootAsync\(\) found mistakes/,
      )
    })

    it('tells that the module is imported twice, or not at all', async () => {
      expect(await mistakesOf({ imports: [module(), module({ optional: true })] })).toContain(
        'PlanTokensModule: must be imported once. Give several policies to one engine, and name a surface.',
      )
      const Api = classOf('Api', [nest.Controller(), ours.PlanTokenGuarded()], {
        file: { on: [nest.Get('v1/files/:key')], run: () => 'ran' },
      })
      await expect(create(loaded, over, { controllers: [Api] })).rejects.toThrow(/PlanTokensModule\.forRoot\(\)/)
    })

    it('refuses what is not HTTP, and says so to the log', async () => {
      const app = await create(loaded, over, { imports: [module()] })
      onTestFinished(() => app.close())
      await app.init()
      const guard = app.get(ours.PlanTokenGuard)
      for (const type of ['rpc', 'ws', 'graphql'])
        expect(() =>
          guard.canActivate({ getType: () => type, getClass: () => Object, getHandler: () => guard.canActivate }),
        ).toThrow(/judges requests of HTTP alone/)
    })

    it('lets a resolver run behind a guard for all if it is exempt, and no other', async () => {
      const Resolver = classOf('Resolver', [nest.Injectable()], {
        free: { on: [ours.PlanTokenExempt()], run: () => 'ran' },
        other: { run: () => 'ran' },
      })
      const providers = [Resolver, { provide: nest.APP_GUARD, useExisting: ours.PlanTokenGuard }]
      const app = await create(loaded, over, { imports: [module()], providers })
      onTestFinished(() => app.close())
      await app.init()
      const resolver = app.get(Resolver)
      // As @nestjs/graphql runs them.
      const run = (name: string) =>
        app.get(nest.ExternalContextCreator).create(resolver, resolver[name], name, ...Array(5), 'graphql')()
      expect(await run('free')).toBe('ran')
      await expect(run('other')).rejects.toThrow(/judges requests of HTTP alone.*@PlanTokenExempt/)
    })

    if (over === 'fastify') {
      it('lets no handler run for a path with a semicolon where the router ends paths there', async () => {
        const Api = classOf('Api', [nest.Controller(), ours.PlanTokenGuarded()], {
          file: { on: [nest.Get('v1/files/:key')], run: () => 'ran' },
        })
        const { port, close } = await start(loaded, over, {
          imports: [module()],
          controllers: [Api],
          adapter: { routerOptions: { useSemicolonDelimiter: true } },
        })
        onTestFinished(close)
        expect((await send1(port, request(FILE, w.ONE))).body).toBe('ran')
        for (const tail of [';', ';v=1']) expect((await send1(port, request(FILE + tail, w.ONE))).status).toBe(400)
      })

      it('keeps a hook for requests that is there, and refuses all once another takes its place', async () => {
        const hooks: string[] = []
        let app: Any
        const Api = classOf('Api', [nest.Controller(), ours.PlanTokenGuarded()], {
          file: { on: [nest.Get('v1/files/:key')], run: () => 'ran' },
        })
        const { port, close } = await start(loaded, over, {
          imports: [module()],
          controllers: [Api],
          before(made) {
            app = made
            app.getHttpAdapter().setOnRequestHook((_: unknown, __: unknown, done: () => void) => {
              hooks.push('mine')
              done()
            })
          },
        })
        onTestFinished(close)
        expect((await send1(port, request(FILE, w.ONE))).body).toBe('ran')
        expect(hooks).toEqual(['mine'])
        app.getHttpAdapter().setOnRequestHook((_: unknown, __: unknown, done: () => void) => done())
        expect((await send1(port, request(FILE, w.ONE))).status).toBe(500)
      })
    }
  })
})
