/**
 * NestJS as it is installed beside these tests, 11 and 12, each over Express and over Fastify; and the package as it is built,
 * where it finds the one or the other. What applications are made of it: applications.ts.
 */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isInstalled, PLATFORMS_COMMAND, tools } from '../platforms/platforms.ts'
import { type Home, newHome } from '../platforms/project.ts'

// biome-ignore lint/suspicious/noExplicitAny: the packages and their types are not installed with ours
export type Any = any

const PACKAGES_12: { readonly [name: string]: string } = JSON.parse(
  readFileSync(new URL('packages.json', import.meta.url), 'utf8'),
)
const { NEST_12: named = '' } = process.env
const tools12 = named !== '' && existsSync(named) ? resolve(named) : undefined
/** Its packages find each other, so it has a folder of its own; `.ci/run` makes it of the same list. */
const COMMAND_12 = `npm install --prefix <dir> ${Object.entries(PACKAGES_12)
  .map((pair) => pair.join('@'))
  .join(' ')}, then NEST_12=<dir> npm test`

/** A version. */
export interface Nest {
  readonly version: 11 | 12
  /** The folder that it is installed in, if it is. */
  readonly folder: string | undefined
}

const has11 = isInstalled({ packages: Object.keys(PACKAGES_12) })
/** The versions, each with its name for a table of tests. */
export const NESTS: readonly (readonly [name: string, nest: Nest])[] = [
  nest(11, has11 ? tools : undefined, PLATFORMS_COMMAND),
  nest(12, tools12, COMMAND_12),
]

function nest(version: 11 | 12, folder: string | undefined, command: string): readonly [string, Nest] {
  return [`NestJS ${version}${folder ? '' : ` (skipped without it: ${command})`}`, { version, folder }]
}

/** The adapters of Nest. */
export const ADAPTERS = ['express', 'fastify'] as const
export type Adapter = (typeof ADAPTERS)[number]

/** Nest with the package beside it. */
export interface Loaded {
  /** `@nestjs/common` and `@nestjs/core`, in one. */
  readonly nest: Any
  /** `plan-access-tokens/nestjs`. */
  readonly ours: Any
  readonly home: Home
  /** An adapter, for the options that it takes. */
  adapter(kind: Adapter, options?: object): Any
}

/** Builds the package beside a version of Nest and loads both. */
export async function load({ folder = '' }: Nest): Promise<Loaded> {
  const home = await newHome(folder)
  const require = createRequire(join(folder, 'package.json'))
  const nest = { ...require('@nestjs/common'), ...require('@nestjs/core') }
  const built = join(home.folder, 'node_modules/plan-access-tokens/dist/nestjs/index.js')
  const ours = await import(/* @vite-ignore */ pathToFileURL(built).href)
  const adapter = (kind: Adapter, options?: object) => {
    const { ExpressAdapter, FastifyAdapter } = require(`@nestjs/platform-${kind}`)
    return kind === 'express' ? new ExpressAdapter() : new FastifyAdapter(options)
  }
  return { nest, ours, home, adapter }
}
