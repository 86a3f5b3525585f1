/** The routes of real applications of NestJS, over Express and over Fastify, as `doctor` reads them. */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { routesOfApp } from '../../src/cli/routes/of-app.ts'
import { PLATFORMS_COMMAND, tools } from '../platforms/platforms.ts'

// biome-ignore lint/suspicious/noExplicitAny: the package and its types are not installed with ours
type Any = any

const NAME = tools ? 'NestJS' : `NestJS (skipped without it: ${PLATFORMS_COMMAND})`

/** A controller without decorators' syntax, which not every reader of TypeScript takes. */
async function newApp(load: (name: string) => Any, over: string): Promise<Any> {
  load('reflect-metadata')
  const { Controller, Get, Module, Post } = load('@nestjs/common')
  class Projects {
    show() {}
    make() {}
  }
  const { prototype } = Projects
  const decorate = (decorator: Any, ...place: readonly unknown[]): void => decorator(...place)
  decorate(Controller('v1/projects'), Projects)
  for (const [name, decorator] of [
    ['show', Get(':project')],
    ['make', Post()],
  ] as const)
    decorate(decorator, prototype, name, Object.getOwnPropertyDescriptor(prototype, name))
  class App {}
  decorate(Module({ controllers: [Projects] }), App)
  const { NestFactory } = load('@nestjs/core')
  const adapter = over === 'Fastify' ? [new (load('@nestjs/platform-fastify').FastifyAdapter)()] : []
  const app = await NestFactory.create(App, ...adapter, { logger: false })
  app.setGlobalPrefix('api')
  return app
}

describe.skipIf(!tools)(NAME, () => {
  it.each(['Express', 'Fastify'])('over %s tells its routes, with its prefix', async (over) => {
    const app = await newApp(createRequire(join(tools ?? '', 'package.json')), over)
    try {
      const { framework, routes } = (await routesOfApp(app, [])) ?? {}
      expect(framework).toBe(`Nest over ${over}`)
      const told = (routes ?? [])
        .filter(({ method }) => method !== 'HEAD')
        .map(({ method, path }) => `${method} ${path}`)
      expect(told.sort()).toEqual(['GET /api/v1/projects/:project', 'POST /api/v1/projects'])
    } finally {
      await app.close()
    }
  })
})
