/** The shapes of a policy's links: choices, optional parts and chains, and what their author is told. What people paste: links.test.ts. */
import { describe, expect, it } from 'vitest'
import { PolicyError } from '../../src/core/errors.ts'
import type { PolicyData } from '../../src/core/policy-data.ts'
import { policyWith } from './fixtures.ts'
import { KINDS, linksOf, readLink as read } from './link-fixtures.ts'

/** What `definePolicy` has against shapes. */
function problemsOf(shapes: readonly string[], kinds: PolicyData['kinds'] = KINDS): readonly string[] {
  try {
    policyWith({}, { kinds, links: { hosts: ['x.test'], shapes } })
    return []
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error
    return error.problems.map(({ path, message }) => `${path} ${message}`)
  }
}

describe('a shape', () => {
  it.each([
    ['/t/{team}', '/t/7', 'team:7'],
    ['/(t|team)/{team}', '/team/7', 'team:7'],
    ['/((a|b)|c)/{team}', '/b/7', 'team:7'],
    ['/(a/b|c)/{team}', '/a/b/7', 'team:7'],
    ['/(t/{team}|f/{file})', '/f/A', 'file:A'],
    ['/t[/{plan}]/x/{team}', '/t/x/7', 'team:7'],
    ['/t[/{plan}]/x/{team}', '/t/1001/x/7', 'team:7'],
    ['/t[/(a|b)]/{team}', '/t/b/7', 'team:7'],
    ['/t[/a[/b]]/{team}', '/t/a/b/7', 'team:7'],
    ['/t[/a[/b]]/{team}', '/t/a/7', 'team:7'],
    ['/r/{region}/t/{team}/f/{file}', '/r/eu-1.a/t/7/f/A', 'file:A'],
    ['/f/{file}[/branch/{file}]', '/f/A/branch/B', 'file:B'],
    ['/{team}', '/7', 'team:7'],
  ])('%s reads %s', (shape, path, resource) => {
    expect(read(linksOf([shape]), `https://x.test${path}`)).toBe(resource)
  })

  it.each([
    ['/t[/a[/b]]/{team}', '/t/b/7'],
    ['/(t|team)/{team}', '/t|team/7'],
    ['/(t|team)/{team}', '/(t|team)/7'],
    ['/t[/x]/{team}', '/t[/x]/7'],
    ['/t/{team}', '/t'],
    ['/t/{team}', '/T/7'],
    ['/t/{team}', '/t/7/8'],
    ['/r/{region}/t/{team}', '/r/eu'],
    ['/r/{region}/t/{team}', '/r/eu/t'],
  ])('%s does not read %s', (shape, path) => {
    expect(read(linksOf([shape]), `https://x.test${path}`)).toMatch(/^link_(unknown_shape|bad_id)$/)
  })

  it('claims the plan that it has', () => {
    const { parseLink } = linksOf(['/o[/{plan}]/t/{team}'])
    expect(parseLink('https://x.test/o/1001/t/7')).toEqual({
      ok: true,
      resource: { kind: 'team', id: '7' },
      planId: '1001',
    })
    expect(parseLink('https://x.test/o/t/7')).toEqual({ ok: true, resource: { kind: 'team', id: '7' } })
  })

  it.each([
    ['no path', 't/{team}'],
    ['nothing', '/'],
    ['an empty part', '/t//{team}'],
    ['a slash at the end', '/t/{team}/'],
    ['a bracket that is not closed', '/t[/{plan}/{team}'],
    ['a bracket that is closed by another', '/t[/x)/{team}'],
    ['a choice that is not closed', '/(t|team/{team}'],
    ['a choice with nothing in it', '/(t|)/{team}'],
    ['half a parameter', '/t/x{team}'],
    ['a query', '/t/{team}?x=1'],
  ])('is refused when it is defined: %s', (_, shape) => {
    const problems = problemsOf(['/ok/{team}', shape])
    expect(problems).not.toEqual([])
    for (const problem of problems)
      expect(problem).toMatch(/^links\.shapes\[1\] (is not a shape\. Write a path such as |does not end)/)
  })

  it.each([
    ['/t/{team}/x', /^does not end in the id of a resource/],
    ['/t', /^does not end in the id of a resource/],
    ['/o/{plan}', /^does not end in the id of a resource/],
    ['/t/{team}/o/{plan}', /^does not end in the id of a resource/],
    ['/t/{tema}', /the kind "tema", which the policy lacks/],
    ['/t/{team}/r/{region}', /^has "\{region\}" below "\{team\}", .*parents/],
    ['/f/{file}/t/{team}', /^has "\{team\}" below "\{file\}", .*parents/],
    ['/ok/{file}', /^has "\{file\}" where another shape has "\{team\}"/],
  ])('is refused when it is defined, with the reason: %s', (shape, message) => {
    const [problem, ...others] = problemsOf(['/ok/{team}', shape])
    expect(problem?.replace('links.shapes[1] ', '')).toMatch(message)
    expect(others).toEqual([])
  })

  it('has eight choices at most, since each doubles the paths that are written out', () => {
    expect(problemsOf([`/t${'[/a]'.repeat(8)}/{team}`])).toEqual([])
    expect(problemsOf([`/t${'[/a]'.repeat(9)}/{team}`])).toEqual([expect.stringMatching(/is not a shape/)])
    expect(problemsOf([`/t${'(/a|/b)'.repeat(1_000)}/{team}`])).toHaveLength(1)
  })

  it('is told about once, however many paths it stands for, and all shapes at once', () => {
    expect(problemsOf(['/(a|b)[/x]/{tema}', '/t/{team}/r/{region}', '/ok/{team}'])).toEqual([
      'links.shapes[0] names the kind "tema", which the policy lacks.',
      expect.stringMatching(/^links\.shapes\[1\] has "\{region\}" below "\{team\}"/),
    ])
  })

  it('descends over as many generations as it leaves out, and a ring of parents is no reason to hang', () => {
    expect(problemsOf(['/r/{region}/f/{file}'])).toEqual([])
    const ring = { a: { parents: ['b'] }, b: { parents: ['a'] }, c: { parents: [] } }
    expect(problemsOf(['/a/{a}/b/{b}/a/{a}'], ring)).toEqual([])
    expect(problemsOf(['/c/{c}/a/{a}'], ring)).toHaveLength(1)
  })

  it('may have a kind that says nothing of parents below any other', () => {
    expect(problemsOf(['/a/{a}/b/{b}', '/b/{b}/a/{a}'], { a: {}, b: {} })).toEqual([])
    expect(problemsOf(['/b/{b}/a/{a}'], { a: {}, b: { parents: ['a'] } })).toEqual([])
    expect(problemsOf(['/b/{b}/a/{a}'], { a: { parents: [] }, b: { parents: ['a'] } })).toHaveLength(1)
  })
})
