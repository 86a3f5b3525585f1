/**
 * `doctor`: looks at a project from outside and tells everything that is wrong or odd at once. It writes nothing. What it asks the
 * store and the directory is `ready` of the engine; clocks: cli/clock.ts; routes: cli/routes.
 */

import type { StoreConfig } from '../../config/config.ts'
import { splitRoute } from '../../core/endpoints.ts'
import type { Policy } from '../../core/policy.ts'
import type { ReadyInput } from '../../service/ready.ts'
import { clockSkew } from '../clock.ts'
import { CliError, EXIT_CODES } from '../exit.ts'
import { failureOf } from '../failure.ts'
import { oneLine } from '../io.ts'
import { compareRoutes } from '../routes/compare.ts'
import { routesOfApp } from '../routes/of-app.ts'
import type { Session } from '../session.ts'
import { counted, showTable } from '../show.ts'
import { engineOf, isOfApi } from '../source.ts'

/** Flags of `doctor`. */
export interface DoctorOptions {
  readonly plan?: string
  readonly resource?: string
  readonly strict?: boolean
}

/** What was looked at. */
interface Check {
  readonly name: string
  readonly status: 'ok' | 'warning' | 'problem' | 'skipped'
  readonly message: string
}

/** Looks at the project from outside and prints what is right, odd and wrong. Ends with 1 where something is wrong. */
export async function doctor(session: Session, options: DoctorOptions): Promise<void> {
  const { io } = session
  const exists = existsIn(options)
  const config = await session.config()
  const checks: Check[] = isOfApi(config)
    ? [await lookAtApi(session)]
    : [
        ...(await lookAtPorts(config as StoreConfig, exists)),
        await lookAtClock(config as StoreConfig),
        await lookAtBound(config as StoreConfig),
        ...(await lookAtRoutes(config as StoreConfig)),
      ]
  const isBad = ({ status }: Check): boolean =>
    status === 'problem' || (options.strict === true && status === 'warning')
  if (checks.some(isBad)) process.exitCode = EXIT_CODES.found.code
  if (io.json) {
    io.data(JSON.stringify({ checks }))
    return
  }
  const { green, yellow, red, dim } = io.colors
  const paint = { ok: green, warning: yellow, problem: red, skipped: dim }
  const rows = checks.map(({ name, status, message }) => [[paint[status], status] as const, name, message])
  showTable(io, ['', 'WHAT', ''], rows, '')
}

/** `file:ABC`. */
function existsIn({ plan, resource }: DoctorOptions): { planId?: string; resource?: { kind: string; id: string } } {
  const colon = resource?.indexOf(':') ?? 0
  if (resource !== undefined && colon < 1)
    throw new CliError('usage', 'usage', '--resource takes KIND:ID, such as file:ABC.')
  return {
    ...(plan !== undefined && { planId: plan }),
    ...(resource !== undefined && { resource: { kind: resource.slice(0, colon), id: resource.slice(colon + 1) } }),
  }
}

async function lookAtApi({ source }: Session): Promise<Check> {
  const name = 'admin API'
  try {
    const surfaces = await (await source()).policies()
    return { name, status: 'ok', message: `answers, with ${counted(surfaces.length, 'surface')}` }
  } catch (thrown) {
    return { name, status: 'problem', message: failureOf(thrown).message }
  }
}

/** The parts of the engine that `ready` asks, each with what is wrong with it. */
async function lookAtPorts(config: StoreConfig, exists: ReadyInput): Promise<readonly Check[]> {
  const real: ReadyInput = { ...config.exists, ...exists }
  let issues: readonly { readonly path: string; readonly message: string }[] = []
  try {
    await engineOf(config).ready(real)
  } catch (thrown) {
    const failure = failureOf(thrown)
    if (failure.issues.length === 0) throw failure
    issues = failure.issues
  }
  const named = Object.keys(real).length > 0
  // Where one of them cannot exist, neither is asked about.
  const isAsked = issues.every(({ path }) => OF_ENGINE.test(path))
  const asked = [
    ...(!isAsked || real.planId === undefined ? [] : [`the plan ${oneLine(real.planId)}`]),
    ...(!isAsked || real.resource === undefined
      ? []
      : [`the resource ${oneLine(`${real.resource.kind}:${real.resource.id}`)}`]),
    'what does not exist',
  ]
  return [
    ...checksOf('store', issues, 'reached, migrated, its session can be used'),
    ...checksOf('directory', issues, `answers in shape for ${asked.join(' and ')}`),
    ...checksOf('policy', issues, 'every refusal can be sent, every check has its function'),
    ...issues
      .filter(({ path }) => !OF_ENGINE.test(path))
      .map(({ path, message }): Check => ({ name: 'exists', status: 'problem', message: `${path} ${message}` })),
    ...(named
      ? []
      : [
          {
            name: 'directory',
            status: 'skipped',
            message: 'what exists: say --plan and --resource, or exists in the configuration',
          } as const,
        ]),
  ]
}

const OF_ENGINE = /^(store|directory|policy)\b/

function checksOf(name: string, issues: readonly { path: string; message: string }[], good: string): readonly Check[] {
  const own = issues.filter(({ path }) => path.startsWith(name))
  if (own.length === 0) return [{ name, status: 'ok', message: good }]
  return own.map(({ path, message }) => ({ name, status: 'problem', message: `${path} ${message}` }))
}

/** Above this a clock is told, in milliseconds; a minute is a problem. */
const ODD_SKEW = 1_000
const BAD_SKEW = 60_000

async function lookAtClock({ database }: StoreConfig): Promise<Check> {
  const name = 'clock'
  if (database === undefined)
    return { name, status: 'skipped', message: 'the configuration has no database to compare it with' }
  try {
    const skew = await clockSkew(database)
    if (skew === undefined) return { name, status: 'skipped', message: 'the database runs in this process' }
    const size = Math.max(0, Math.abs(skew.byMs) - skew.uncertainMs)
    const status = size >= BAD_SKEW ? 'problem' : size >= ODD_SKEW ? 'warning' : 'ok'
    const side = skew.byMs < 0 ? 'behind' : 'ahead of'
    return {
      name,
      status,
      message: `the database is ${Math.round(Math.abs(skew.byMs))} ms ${side} this machine (± ${skew.uncertainMs} ms)`,
    }
  } catch (thrown) {
    return { name, status: 'problem', message: failureOf(thrown).message }
  }
}

/** Asks for the bound; raises nothing. */
async function lookAtBound({ store, freshnessMs = 0 }: StoreConfig): Promise<Check> {
  const name = 'freshness'
  if (store === undefined) return { name, status: 'skipped', message: 'the configuration has no store to ask' }
  if (!store.bound) return { name, status: 'ok', message: 'the store is asked on every request' }
  try {
    const bound = await store.bound(0)
    if (bound > freshnessMs)
      return {
        name,
        status: 'warning',
        message: `edits wait for ${bound} ms, since a process ran with that; the configuration says freshnessMs: ${freshnessMs}`,
      }
    return { name, status: 'ok', message: `edits wait for ${bound} ms at most` }
  } catch (thrown) {
    return { name, status: 'problem', message: failureOf(thrown).message }
  }
}

async function lookAtRoutes(config: StoreConfig): Promise<readonly Check[]> {
  const name = 'routes'
  const { app, basePath = '' } = config
  if (!app) return [{ name, status: 'skipped', message: 'the configuration has no app' }]
  const endpoints = policiesOf(config).flatMap(({ data }) =>
    Object.entries(data.endpoints).map(([route, { closed }]) => ({ route, isClosed: closed !== undefined })),
  )
  const paths = endpoints.map(({ route }) => basePath + splitRoute(route).path.replaceAll(/\{[^{}]*\}/g, '1'))
  let found: Awaited<ReturnType<typeof routesOfApp>>
  try {
    found = await routesOfApp(app(), paths)
  } catch (thrown) {
    const words = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)
    return [{ name, status: 'problem', message: `the application cannot be made: ${words}` }]
  }
  if (!found)
    return [{ name, status: 'skipped', message: 'app gives no application of Express, Fastify, Hono, Koa or Nest' }]
  const { uncovered, unserved, outside } = compareRoutes(found.routes, endpoints, basePath)
  const { length } = found.routes
  const checks: Check[] = []
  if (basePath !== '' && length > 0 && outside === length)
    checks.push({ name, status: 'problem', message: `no route lies below the base path ${basePath}` })
  for (const route of uncovered)
    checks.push({ name, status: 'warning', message: `${route} is covered by no endpoint: every token is refused` })
  for (const route of unserved)
    checks.push({ name, status: 'warning', message: `${route} is an endpoint that no route serves` })
  if (checks.length > 0) return checks
  return [
    {
      name,
      status: 'ok',
      message: `${found.framework}: ${counted(length, 'route')} and ${counted(endpoints.length, 'endpoint')} agree`,
    },
  ]
}

function policiesOf(config: StoreConfig): readonly Policy[] {
  return config.policy === undefined ? engineOf(config).policies : [config.policy].flat()
}
