/**
 * No disagreement between guard and router: whatever target is sent, a handler runs only if the engine allows that very
 * target, and finds no other parameters than the engine has judged. Each framework serves twice, plain and guarded; the plain
 * one shows that the targets are hostile, since its handlers run for many that must be refused.
 */
import type { Decision } from 'plan-access-tokens'
import { expect } from 'vitest'
import { A, type World } from '../../attack/world.ts'
import type { Framework } from './frameworks.ts'
import { decide, request, type Served, serve } from './served.ts'
import type { Run, Site } from './site.ts'
import { FEW_TARGETS, FEWER_TARGETS, MANNERS, TARGETS, VALID } from './targets.ts'
import type { Sending } from './wire.ts'

/** Where a site lies: how a target gets there, and which target the policy is to judge of what was sent. */
export interface Setting {
  readonly name: string
  readonly site: Partial<Site>
  readonly sent: (target: string) => string
  readonly judged: (sent: string, framework: Framework) => string
  readonly targets: readonly string[]
}

const same = (target: string): string => target
const toNew = (target: string): string => target.replace(/^\/old\//, '/v1/')

/** The settings that every framework is tried in. */
export const SETTINGS: readonly Setting[] = [
  { name: 'as it is', site: {}, sent: same, judged: same, targets: TARGETS },
  {
    name: 'mounted under a path',
    site: { mount: '/api' },
    // In front of every path, whatever form the target has.
    sent: (target) => target.replace(/^([a-z]+:\/\/[^/]*)?(?=[/\\])/i, '$1/api'),
    // Routers that take the mount off know it in any case.
    judged: (sent, { mountTakesSlash }) =>
      /^\/api\//i.test(sent) ? sent.slice(mountTakesSlash && sent[5] === '/' ? 5 : 4) : `!${sent}`,
    targets: FEWER_TARGETS,
  },
  {
    name: 'behind a rewrite',
    site: { rewrite: toNew },
    sent: (target) => target.replace(/^\/v1\//, '/old/'),
    judged: toNew,
    targets: FEWER_TARGETS,
  },
]

/** What ran for a request on a server. */
async function runsOf(served: Served, sendings: readonly Sending[]): Promise<ReadonlyMap<string, Run>> {
  const queue = sendings.map((sending, i) => ({
    ...sending,
    headers: [...(sending.headers ?? []), ['X-Case', String(i)] as const],
  }))
  const work = async (): Promise<void> => {
    for (let next = queue.pop(); next; next = queue.pop()) await served.send(next)
  }
  await Promise.all(Array.from({ length: 16 }, work))
  return new Map(served.runs.map((run) => [run.name ?? '', run]))
}

/** A server that sees only a URL can be judged only by the target of that URL. */
function seenBy({ seesUrl }: Framework, target: string): string {
  if (!seesUrl) return target
  try {
    const { pathname, search } = new URL(target, 'http://api.example')
    return /^(https?:)?\/\//i.test(target) && !/^https?:/i.test(target) ? target : pathname + search
  } catch {
    return target
  }
}

/** Asserts that guard and router agree about every target. */
export async function expectAgreement(framework: Framework, setting: Setting, w: World): Promise<void> {
  const { site, sent, judged, targets } = setting
  const plain = await serve(framework, site)
  const guarded = await serve(framework, { ...site, tokens: w.tokens })
  const sendings = [
    ...targets.map((target) => request(`GET ${sent(target)}`, w.ONE)),
    ...MANNERS.flatMap(({ method, headers = [] }) =>
      FEW_TARGETS.map((target) => request(`${method} ${sent(target)}`, w.ONE, { headers })),
    ),
  ]
  expect(sendings.length).toBeGreaterThan(300)
  const withGuard = await runsOf(guarded, sendings)
  const without = await runsOf(plain, sendings)

  let refusedThatRoute = 0
  for (const [i, sending] of sendings.entries()) {
    const run = withGuard.get(String(i))
    const what = `${sending.method} ${sending.target}`
    const decision: Decision = await decide(w.tokens, sending, judged(seenBy(framework, sending.target), framework))
    if (!decision.allowed && without.has(String(i))) refusedThatRoute++
    if (!run) continue
    if (!decision.allowed) throw new Error(`A handler ran for ${what}: ${run.route}, but it is ${decision.code}.`)
    expect(run.params, what).toEqual(decision.params)
    expect(run.planToken?.params, what).toEqual(decision.params)
    expect(run.route.replaceAll(/:(\w+)/g, '{$1}'), what).toBe(decision.endpoint.route)
  }
  // The test bites: what is valid gets through, and without a guard handlers run for what must be refused.
  for (const target of VALID) {
    const i = sendings.findIndex((sending) => sending.target === sent(target))
    expect(withGuard.get(String(i))?.params, target).toEqual({ file_key: A })
  }
  expect(withGuard.get(String(sendings.findIndex(({ method }) => method === 'HEAD'))), 'HEAD').toBeDefined()
  expect(refusedThatRoute).toBeGreaterThan(10)
}
