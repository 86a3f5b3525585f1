/** The options of `createPlanTokens`: every mistake at once, at start-up, as one SetupError. */
import { createPlanTokens, memoryStore, SetupError } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { describe, expect, it } from 'vitest'
import { newDirectory, newWorld } from '../support/world.ts'
import { packagesPolicy } from './support/small-policy.ts'

const RIGHT = { policy: figmaPolicy(), store: memoryStore(), directory: newDirectory() }
const { bound: _, ...boundless } = RIGHT.store

/** The options that are refused, each once, in the order of the alphabet. */
function problemsOf(options: unknown): string[] {
  try {
    createPlanTokens(options as typeof RIGHT)
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    expect(error).toBeInstanceOf(TypeError)
    for (const { path, message } of error.issues) expect(error.message).toContain(`${path}: ${message}`)
    return [...new Set(error.issues.map(({ path }) => path.replace(/\..*/, '')))].toSorted()
  }
  return []
}

describe('createPlanTokens', () => {
  const WRONG: readonly [string, object, readonly string[]][] = [
    ['options that do not exist', { polcy: 1, freshness: 5 }, ['freshness', 'polcy']],
    ['a store without methods', { store: {} }, ['store']],
    ['a store that lacks one', { store: { ...RIGHT.store, commit: undefined } }, ['store']],
    ['no store', { store: undefined }, ['store']],
    ['a directory that is none', { directory: null }, ['directory']],
    ['a freshness over 60,000', { freshnessMs: 60_001 }, ['freshnessMs']],
    ['a freshness below 0', { freshnessMs: -1 }, ['freshnessMs']],
    ['a freshness of NaN', { freshnessMs: Number.NaN }, ['freshnessMs']],
    ['a freshness of null', { freshnessMs: null }, ['freshnessMs']],
    ['a freshness in text', { freshnessMs: '1000' }, ['freshnessMs']],
    ['a freshness above 0 with a store without a bound', { freshnessMs: 1, store: boundless }, ['freshnessMs']],
    ['a time limit of 0', { timeoutMs: 0 }, ['timeoutMs']],
    ['a time limit over ten minutes', { timeoutMs: 600_001 }, ['timeoutMs']],
    ['an endless time limit', { timeoutMs: Number.POSITIVE_INFINITY }, ['timeoutMs']],
    ['no time for a body', { bodyTimeoutMs: 0 }, ['bodyTimeoutMs']],
    ['endless time for a body', { bodyTimeoutMs: 600_001 }, ['bodyTimeoutMs']],
    ['a clock without now', { clock: {} }, ['clock']],
    ['a clock of null', { clock: null }, ['clock']],
    ['randomness that is bytes', { random: new Uint8Array(8) }, ['random']],
    ['a hook that is no function', { onDecision: 'log' }, ['onDecision']],
    ['no policy', { policy: undefined }, ['policy']],
    ['an empty list of policies', { policy: [] }, ['policy']],
    ['the data of a policy', { policy: figmaPolicy().data }, ['policy']],
    ['a copy of a policy', { policy: [figmaPolicy(), { ...packagesPolicy() }] }, ['policy[1]']],
    ['one policy twice', { policy: [figmaPolicy(), figmaPolicy()] }, ['policy[1]']],
  ]
  it.each(WRONG)('refuses %s', (_name, change, paths) => {
    expect(problemsOf({ ...RIGHT, ...change })).toEqual(paths)
  })

  it('says every mistake at once', () => {
    expect(
      problemsOf({
        policy: 'figma',
        colour: 1,
        store: 1,
        directory: 1,
        freshnessMs: 'x',
        timeoutMs: 'x',
        clock: 1,
        random: 1,
        onDecision: 1,
      }),
    ).toEqual([
      ...['clock', 'colour', 'directory', 'freshnessMs', 'onDecision', 'policy', 'random', 'store', 'timeoutMs'],
    ])
  })

  it.each([undefined, null, 5, []])('refuses the options %j', (options) => {
    expect(problemsOf(options).length).toBeGreaterThan(0)
  })

  it('names the method of a port that is missing', () => {
    for (const [option, port] of [
      ['store', { ...RIGHT.store, list: 5 }],
      ['clock', {}],
    ] as const) {
      expect(() => createPlanTokens({ ...RIGHT, [option]: port })).toThrow(option === 'store' ? /list/ : /now/)
    }
  })

  it('names the surface, type and prefix that two policies share', () => {
    const message = (() => {
      try {
        createPlanTokens({ ...RIGHT, policy: [figmaPolicy(), figmaPolicy()] })
      } catch (error) {
        return String(error)
      }
      return ''
    })()
    for (const name of ['surface "figma"', 'type "rest"', 'prefix "figpat"']) expect(message).toContain(name)
  })

  it.each([
    ...[{ freshnessMs: 0, store: boundless }, { freshnessMs: 60_000 }, { timeoutMs: 1 }, { timeoutMs: 600_000 }],
    ...[{ bodyTimeoutMs: 1 }, { bodyTimeoutMs: 600_000 }],
    ...[{ clock: { now: () => 0 } }, { clock: undefined, random: undefined, onDecision: undefined }],
  ])('takes %j', (change) => {
    expect(problemsOf({ ...RIGHT, ...change })).toEqual([])
  })

  it('shows the policies, each with scopes, types, limits and a reader of links', () => {
    const tokens = createPlanTokens({ ...RIGHT, policy: [figmaPolicy(), packagesPolicy()] })
    expect(tokens.policies.map(({ surface }) => surface)).toEqual(['figma', 'packages'])
    const [figma, packages] = tokens.policies
    expect(figma?.limits).toMatchObject({
      lifetimeDays: 365,
      graceHours: 24,
      liveSecrets: 10,
      links: 1_000,
      bodyBytes: 1_048_576,
    })
    expect(figma?.parseLinks('https://figma.com/design/FileA').resources).toHaveLength(1)
    expect(packages?.types.map(({ name, prefix, fixed }) => [name, prefix, fixed])).toEqual([
      ['npm', 'acmenpm', []],
      ['ci', 'acmeci', ['npm:read']],
    ])
    expect(packages?.scopes.find(({ name }) => name === 'npm:read')?.types).toEqual(['npm', 'ci'])
  })

  it('closes when nothing runs any more', async () => {
    await expect(newWorld().tokens.close()).resolves.toBeUndefined()
  })

  it('shares nothing between two engines', async () => {
    const [one, two] = [newWorld(), newWorld()]
    const { secret } = await one.make()
    expect([await one.ask(secret), await two.ask(secret)]).toEqual(['allowed', 'token_unknown'])
  })
})
