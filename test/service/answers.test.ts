/**
 * The directory's answers: asked for anew at each request, unless `directoryMaxAgeMs` lets those about
 * plans and resources be used again; who is an admin never.
 */
import { createPlanTokens, type Directory, memoryStore, SetupError } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { requestWith } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'
import { ADMIN, codeOf, HOUR, newDirectory, newWorld, TOKEN } from '../support/world.ts'
import { atRest, steeredClock } from './support/steered-clock.ts'

const AGE = 5_000
type Asked = 'plan' | 'locate' | 'isPlanAdmin'

/** A world whose directory counts what it is asked; `how` is in place of its answers where it is set. */
async function askedWorld(directoryMaxAgeMs?: number) {
  const steered = steeredClock()
  const skew = { wall: 0, monotonic: 0 }
  const clock = {
    ...steered,
    now: () => steered.now() + skew.wall,
    monotonic: () => steered.monotonic() + skew.monotonic,
  }
  const real = newDirectory()
  let asked: string[] = []
  const how: { [M in Asked]?: (...args: never[]) => unknown } = {}
  const counted = (method: Asked) =>
    ((...args: never[]) => {
      const [first, second] = args as unknown as [string | { kind: string; id: string }, string?]
      asked.push(typeof first === 'string' ? `${method} ${second ?? first}` : `${method} ${first.kind}/${first.id}`)
      return (how[method] ?? (real[method] as (...args: never[]) => unknown))(...args)
    }) as never
  const directory: Directory = {
    plan: counted('plan'),
    locate: counted('locate'),
    isPlanAdmin: counted('isPlanAdmin'),
  }
  const world = newWorld({
    ...{ clock, directory: directory as never, timeoutMs: 10_000 },
    ...(directoryMaxAgeMs !== undefined && { directoryMaxAgeMs }),
  })
  const made = await world.make()
  asked = []
  const taken = (): readonly string[] => {
    const all = asked
    asked = []
    return all
  }
  return {
    ...world,
    ...made,
    clock: steered,
    skew,
    real,
    how,
    taken,
    say: (line?: string) => world.ask(made.secret, line),
  }
}

const BOTH = ['plan 1001', 'locate file/FileA']

describe('the directory’s answers', () => {
  it('are asked for anew at each request unless the host says otherwise', async () => {
    for (const age of [undefined, 0]) {
      const { say, taken } = await askedWorld(age)
      for (let i = 0; i < 3; i++) expect(await say()).toBe('allowed')
      expect(taken()).toEqual([...BOTH, ...BOTH, ...BOTH])
    }
  })

  it.each([
    ['given at once', (answer: unknown) => answer],
    ['promised', (answer: unknown) => Promise.resolve(answer)],
  ])('%s are used again until directoryMaxAgeMs has passed, to the millisecond', async (_, form) => {
    const { say, taken, clock, real, how } = await askedWorld(AGE)
    how.plan = (id: string) => form(real.plan(id))
    how.locate = (ref: never) => form(real.locate(ref))
    expect(await say()).toBe('allowed')
    expect(taken()).toEqual(BOTH)
    real.setPlan('1001', { suspended: true })
    await clock.pass(AGE - 1)
    expect(await say()).toBe('allowed')
    expect(taken()).toEqual([])
    await clock.pass(1)
    expect(await say()).toBe('plan_not_eligible')
    expect(taken()).toEqual(['plan 1001'])
  })

  it('are kept for each plan and each resource, by its kind too', async () => {
    const { say, taken, tokens, make, ask } = await askedWorld(AGE)
    await say('GET /v1/files/FileA')
    await say('GET /v1/files/FileB')
    await say('GET /v1/files/FileZ')
    expect(taken()).toEqual([...BOTH, 'locate file/FileB', 'locate file/FileZ'])
    const wide = await make({ scopes: ['projects:read', 'file_content:read'] })
    taken()
    await ask(wide.secret, 'GET /v1/files/123')
    await ask(wide.secret, 'GET /v1/projects/123/files')
    expect(taken()).toEqual(['locate file/123', 'locate project/123'])
    expect(await say('GET /v1/files/FileZ')).toBe('resource_not_in_plan')
    expect(taken()).toEqual([])
    expect((await tokens.explain(requestWith(wide.secret, 'GET /v1/files/FileA'))).decision.allowed).toBe(true)
    expect(taken()).toEqual([])
  })

  it('that there is no such thing are kept as well', async () => {
    const { say, taken, clock, real } = await askedWorld(AGE)
    expect(await say('GET /v1/files/Nowhere')).toBe('resource_not_in_plan')
    taken()
    expect(await say('GET /v1/files/Nowhere')).toBe('resource_not_in_plan')
    expect(taken()).toEqual([])
    real.remove('file:FileA')
    await clock.pass(AGE)
    expect(await say()).toBe('resource_not_in_plan')
  })

  it('count from the start of the call, not from its end', async () => {
    const { say, taken, clock, real, how } = await askedWorld(AGE)
    how.plan = async (id: string) => {
      const answer = real.plan(id)
      await clock.sleep(2_000)
      return answer
    }
    const asked = say()
    await clock.pass(2_000)
    expect(await asked).toBe('allowed')
    delete how.plan
    taken()
    await clock.pass(2_999)
    await say()
    expect(taken()).toEqual([])
    await clock.pass(1)
    await say()
    // The plan was asked about two seconds before the file.
    expect(taken()).toEqual(['plan 1001'])
  })

  it.each([
    ['jumps ahead', { wall: HOUR, monotonic: 0 }, 0, BOTH],
    ['goes back while the monotonic one goes on', { wall: -HOUR, monotonic: AGE }, 0, BOTH],
    ['goes on while the monotonic one stands still', { wall: 0, monotonic: -AGE }, AGE, BOTH],
    ['goes back', { wall: -HOUR, monotonic: 0 }, AGE - 1, []],
  ])('are as old as the clock that went further says: a wall clock that %s', async (_, jump, passes, expected) => {
    const { say, taken, clock, skew } = await askedWorld(AGE)
    await say()
    taken()
    Object.assign(skew, jump)
    await clock.pass(passes)
    await say()
    expect(taken()).toEqual(expected)
  })

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('down')
      },
    ],
    ['rejects', () => Promise.reject(new Error('down'))],
  ])('are not kept where it %s', async (_, fails) => {
    for (const method of ['plan', 'locate'] as const) {
      const { say, how } = await askedWorld(AGE)
      how[method] = fails
      expect(await say()).toBe('unavailable')
      delete how[method]
      expect(await say()).toBe('allowed')
    }
  })

  it('that come later than the time limit help the next request, and are not older for it', async () => {
    const { say, taken, clock, real, how } = await askedWorld(30_000)
    how.plan = async (id: string) => {
      const answer = real.plan(id)
      await clock.sleep(20_000)
      return answer
    }
    const asked = say()
    await clock.pass(20_000)
    expect(await asked).toBe('unavailable')
    taken()
    expect(await say()).toBe('allowed')
    expect(taken()).toEqual(['locate file/FileA'])
    await clock.pass(10_000)
    delete how.plan
    await say()
    expect(taken()).toEqual(['plan 1001'])
  })

  it('about who is an admin are never kept, and management calls ask for all of them anew', async () => {
    const { id, say, taken, tokens, real } = await askedWorld(AGE)
    await say()
    taken()
    for (let i = 0; i < 2; i++) await tokens.get({ actor: ADMIN, id })
    expect(taken()).toEqual(['isPlanAdmin 1001', 'isPlanAdmin 1001'])
    await tokens.create({ ...TOKEN, resources: ['https://figma.com/design/FileA'] })
    expect(taken()).toEqual(['isPlanAdmin 1001', ...BOTH])
    await tokens.refresh({ actor: ADMIN, id })
    expect(taken()).toEqual(['isPlanAdmin 1001', 'plan 1001'])
    real.setPlan('1001', { admins: [] })
    expect(await codeOf(tokens.get({ actor: ADMIN, id }))).toBe('token_not_found')
    real.setPlan('1001', { admins: [ADMIN], suspended: true })
    expect(await codeOf(tokens.refresh({ actor: ADMIN, id }))).toBe('plan_not_eligible')
    // What is only refused to new ones goes on for as long as the host allows.
    expect(await say()).toBe('allowed')
  })

  it('that a management call was given are of no use to a request', async () => {
    const { id, say, taken, tokens } = await askedWorld(AGE)
    await tokens.refresh({ actor: ADMIN, id })
    taken()
    await say()
    expect(taken()).toEqual(BOTH)
  })

  it('are asked for by inspect anew', async () => {
    const { secret, say, taken, tokens, real } = await askedWorld(AGE)
    await say()
    real.setPlan('1001', { suspended: true })
    taken()
    expect(await tokens.inspect({ secret })).toEqual({ active: false })
    expect(taken()).toEqual(['plan 1001'])
  })

  it('are kept up to 10,000 of each kind, and begin anew then', async () => {
    const { say, taken, how } = await askedWorld(AGE)
    how.locate = () => undefined
    for (let i = 0; i < 10_000; i++) await say(`GET /v1/files/File${i}`)
    taken()
    for (let i = 0; i < 10_000; i += 100) await say(`GET /v1/files/File${i}`)
    expect(taken()).toEqual([])
    await say('GET /v1/files/One')
    expect(taken()).toEqual(['locate file/One'])
    await say('GET /v1/files/File0')
    expect(taken()).toEqual(['locate file/File0'])
  })

  it('are not shared between two engines', async () => {
    const one = await askedWorld(AGE)
    const two = await askedWorld(AGE)
    await one.say()
    await two.say()
    expect([one.taken(), two.taken()]).toEqual([BOTH, BOTH])
  })

  it('that cannot be read let nothing through, kept or not', async () => {
    for (const answer of [null, 5, 'organization', {}, { id: '1001' }, { id: '2002', tier: 'organization' }]) {
      const { say, how } = await askedWorld(AGE)
      how.plan = () => answer
      for (let i = 0; i < 2; i++) expect(await say()).not.toBe('allowed')
    }
    for (const answer of [null, 5, {}, { planId: '1001' }, { planId: 1001, ancestors: [] }]) {
      const { say, how } = await askedWorld(AGE)
      how.locate = () => answer
      for (let i = 0; i < 2; i++) expect(await say()).not.toBe('allowed')
      await atRest()
    }
  })
})

describe('directoryMaxAgeMs', () => {
  const problemsOf = (directoryMaxAgeMs: unknown): readonly string[] => {
    try {
      const ports = { policy: figmaPolicy(), store: memoryStore(), directory: newDirectory() }
      createPlanTokens({ ...ports, directoryMaxAgeMs: directoryMaxAgeMs as number })
      return []
    } catch (error) {
      return (error as SetupError).issues.map(({ path, message }) => `${path} ${message}`)
    }
  }

  it.each([-1, 60_001, Number.NaN, Number.POSITIVE_INFINITY, '1000', null, {}])(
    'of %j is refused at start',
    (value) => {
      expect(problemsOf(value)).toEqual(['directoryMaxAgeMs must be 0 to 60000 milliseconds.'])
    },
  )

  it.each([undefined, 0, 1, 60_000])('of %j is taken', (value) => {
    expect(problemsOf(value)).toEqual([])
  })

  it('is refused as a SetupError, together with what else is wrong', () => {
    const { bound: _, ...boundless } = memoryStore()
    const ports = { policy: figmaPolicy(), store: boundless, directory: newDirectory() }
    const start = () => createPlanTokens({ ...ports, freshnessMs: 1, directoryMaxAgeMs: -1 })
    expect(start).toThrow(SetupError)
    expect(start).toThrow(
      /directoryMaxAgeMs: must be .*\n {2}freshnessMs: must be 0, since the store has no bound\(\)\./,
    )
  })
})
