/** The options of `adminHandler` are checked when it is made, all at once. */
import { createPlanTokens, memoryStore, SetupError } from 'plan-access-tokens'
import { type AdminOptions, adminHandler } from 'plan-access-tokens/admin'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { testDirectory } from 'plan-access-tokens/testing'
import { expect, it } from 'vitest'

const tokens = createPlanTokens({ policy: figmaPolicy(), store: memoryStore(), directory: testDirectory({}) })
const actor = () => 'admin-1'

/** The paths of what is wrong. */
function problemsOf(options: unknown): readonly string[] {
  try {
    adminHandler(options as AdminOptions)
    return []
  } catch (error) {
    expect(error).toBeInstanceOf(SetupError)
    return (error as SetupError).issues.map(({ path }) => path)
  }
}

it.each<[string, unknown, readonly string[]]>([
  ['nothing at all', undefined, ['tokens', 'actor']],
  ['no actor', { tokens }, ['actor']],
  ['an actor that is no function', { tokens, actor: 'admin-1' }, ['actor']],
  ['no engine', { tokens: {}, actor }, ['tokens']],
  ['half an engine', { tokens: { ...tokens, inspect: undefined }, actor }, ['tokens']],
  ['an engine of before', { tokens: { ...tokens, rules: undefined, usage: undefined }, actor }, ['tokens']],
  ['a misspelt option', { tokens, actor, basepath: '/x' }, ['basepath']],
  ['a base path with a slash at its end', { tokens, actor, basePath: '/x/' }, ['basePath']],
  ['a base path with dot segments', { tokens, actor, basePath: '/../x' }, ['basePath']],
  ['an empty base path', { tokens, actor, basePath: '' }, ['basePath']],
  ['an origin with a path', { tokens, actor, origin: 'https://x.example/' }, ['origin']],
  ['an origin as no browser writes it', { tokens, actor, origin: 'https://x.example:443' }, ['origin']],
  ['an origin of another scheme', { tokens, actor, origin: 'null' }, ['origin']],
  ['introspection that lets anybody in', { tokens, actor, introspection: true }, ['introspection']],
  ['introspection without a client', { tokens, actor, introspection: {} }, ['introspection']],
  ['a log that is no function', { tokens, actor, onError: console }, ['onError']],
  ['the directory, which is the engine’s', { tokens, actor, directory: testDirectory({}) }, ['directory']],
  ['no bytes', { tokens, actor, bodyBytes: 0 }, ['bodyBytes']],
  ['no number of bytes', { tokens, actor, bodyBytes: '1024' }, ['bodyBytes']],
  ['unlimited bytes', { tokens, actor, bodyBytes: Number.POSITIVE_INFINITY }, ['bodyBytes']],
  ['no time', { tokens, actor, bodyTimeoutMs: 0 }, ['bodyTimeoutMs']],
  ['all the time', { tokens, actor, bodyTimeoutMs: Number.POSITIVE_INFINITY }, ['bodyTimeoutMs']],
  ['everything wrong', { actr: 1, basePath: 'x', bodyBytes: -1 }, ['actr', 'tokens', 'actor', 'basePath', 'bodyBytes']],
])('refuses %s', (_, options, paths) => {
  expect(problemsOf(options).toSorted()).toEqual(paths.toSorted())
})

it('names what an engine lacks', () => {
  const half = { ...tokens, rules: undefined, unused: undefined } as never
  expect(() => adminHandler({ tokens: half, actor })).toThrow('createPlanTokens() returns; it has no rules, unused.')
})

it('takes all of them', () => {
  const client = () => true
  const options = {
    basePath: '/a/b',
    origin: 'http://localhost:8080',
    introspection: { client },
    bodyBytes: 1_024,
    bodyTimeoutMs: 600_000,
  }
  expect(problemsOf({ tokens, actor, ...options })).toEqual([])
})
