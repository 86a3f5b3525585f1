/** A request that names several resources: every one is placed and judged, in whatever order they are named and answered. */
import { createPlanTokens, memoryStore } from 'plan-access-tokens'
import { requestWith } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'
import { newDirectory, newWorld, TOKEN } from '../support/world.ts'
import { settled } from './support/lossy-store.ts'
import { packagesPolicy } from './support/small-policy.ts'
import { steeredClock } from './support/steered-clock.ts'

const LINE = 'POST /v1/dev_resources'
const WRITE = { scopes: ['file_dev_resources:write'] } as const
/** A body that names files. */
const files = (...keys: string[]) => ({ body: { dev_resources: keys.map((file_key) => ({ file_key })) } })

/** A world with two hundred files in plan 1001, whose directory says what it was asked. */
async function manyWorld() {
  const world = newWorld()
  const asked: string[] = []
  const { locate } = world.directory
  world.directory.locate = (ref) => {
    asked.push(ref.id)
    return ref.id.startsWith('Many') ? { planId: '1001', ancestors: [{ kind: 'project', id: '123' }] } : locate(ref)
  }
  const many = Array.from({ length: 200 }, (_, i) => `Many${i}`)
  return { ...world, asked, many, secret: (await world.make(WRITE)).secret }
}

describe('a request that names several resources', () => {
  it('is let through if all of them lie in the plan, each of which the directory is asked for once', async () => {
    const { ask, asked, many, secret } = await manyWorld()
    expect(await ask(secret, LINE, files(...many, ...many))).toBe('allowed')
    expect(asked).toEqual(many)
  })

  it.each([0, 1, 15, 16, 17, 100, 199])('is refused if number %i of them lies elsewhere, or nowhere', async (at) => {
    for (const other of ['FileZ', 'Nowhere']) {
      const { ask, many, secret } = await manyWorld()
      expect(await ask(secret, LINE, files(...many.with(at, other)))).toBe('resource_not_in_plan')
    }
  })

  it('asks for no more once one of them is known to lie elsewhere', async () => {
    const { ask, asked, many, secret } = await manyWorld()
    expect(await ask(secret, LINE, files('FileZ', ...many))).toBe('resource_not_in_plan')
    expect(asked.length).toBeLessThan(many.length / 2)
  })

  it.each([0, 16, 100, 199])('is refused if number %i of them is not on the allowlist', async (at) => {
    const { make, ask, many } = await manyWorld()
    const { secret } = await make({ ...WRITE, resources: ['https://figma.com/files/1001/project/123'] })
    expect(await ask(secret, LINE, files(...many))).toBe('allowed')
    expect(await ask(secret, LINE, files(...many.with(at, 'FileB')))).toBe('resource_not_allowed')
  })

  it('is unavailable if the directory says of one of them what cannot be read', async () => {
    const { ask, directory, many, secret } = await manyWorld()
    const { locate } = directory
    directory.locate = (ref) => (ref.id === 'Many150' ? ({ planId: 5 } as never) : locate(ref))
    expect(await ask(secret, LINE, files(...many))).not.toBe('allowed')
  })

  it('has the time of a bounded number of calls for all of them together', async () => {
    const clock = steeredClock()
    const world = newWorld({ clock, timeoutMs: 1_000 })
    const { secret } = await world.make(WRITE)
    world.directory.locate = (() => clock.sleep(900).then(() => ({ planId: '1001', ancestors: [] }))) as never
    const before = clock.monotonic()
    const many = Array.from({ length: 500 }, (_, i) => `Many${i}`)
    expect(await settled(clock, world.ask(secret, LINE, files(...many)))).toBe('unavailable')
    expect(clock.monotonic() - before).toBeLessThan(5_000)
  })
})

describe('a request that names its plan beside other resources', () => {
  const PARTS = ['plan=1001', 'package=ui', 'group=7']

  /** What is said to a query, by a token of plan 1001 with all resources; the directory answers at once or later. */
  async function said(query: string, isLater: boolean): Promise<string> {
    const directory = newDirectory()
    directory.locate = (({ kind, id }: { kind: string; id: string }) => {
      if (kind === 'plan') throw new Error('asked for the plan')
      const place = id === 'elsewhere' ? { planId: '2002', ancestors: [] } : { planId: '1001', ancestors: [] }
      return isLater ? Promise.resolve(place) : place
    }) as never
    const tokens = createPlanTokens({ policy: packagesPolicy(), store: memoryStore(), directory })
    const { secret } = await tokens.create({ ...TOKEN, type: 'npm', scopes: ['npm:read'] })
    const decision = await tokens.authorize(requestWith(secret, `GET /moves?${query}`))
    const explained = await tokens.explain(requestWith(secret, `GET /moves?${query}`))
    expect(explained.decision.allowed).toBe(decision.allowed)
    return decision.allowed ? 'allowed' : decision.code
  }

  it.each([true, false])('is judged by each of them, in whatever order they stand (later: %s)', async (isLater) => {
    for (const query of [
      PARTS,
      PARTS.toReversed(),
      PARTS.slice(0, 2),
      PARTS.slice(1),
      PARTS.toSpliced(1, 1),
      ['plan=1001'],
    ]) {
      expect([query, await said(query.join('&'), isLater)]).toEqual([query, 'allowed'])
    }
    for (const query of [
      ...[
        'plan=2002&package=ui&group=7',
        'plan=1001&package=elsewhere&group=7',
        'plan=1001&package=ui&group=elsewhere',
      ],
      ...['plan=1001&package=elsewhere', 'package=elsewhere&group=7', 'plan=2002', 'plan=2002&package=ui'],
    ]) {
      expect([query, await said(query, isLater)]).toEqual([query, 'resource_not_in_plan'])
    }
  })
})
