/** The shapes of a policy's links: choices, optional parts and chains, and what their author is told. What people paste: links.test.ts. */
import { describe, expect, it } from 'vitest'
import { SetupError } from '../../src/core/errors.ts'
import type { PolicyData } from '../../src/core/policy-data.ts'
import { policyWith } from './fixtures.ts'
import { KINDS, linksOf, readLink as read } from './link-fixtures.ts'

/** What `definePolicy` has against shapes. */
function problemsOf(shapes: readonly string[], kinds: PolicyData['kinds'] = KINDS, tail: 0 | 1 = 0): readonly string[] {
  try {
    policyWith({}, { kinds, links: { hosts: ['x.test'], tail, shapes } })
    return []
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    return error.issues.map(({ path, message }) => `${path} ${message}`)
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
    ['/*/{team}', '/any_Word-1/7', 'team:7'],
    ['/o/*/{team}', '/o/x/7', 'team:7'],
    ['/f/{file:3}', '/f/ABC', 'file:ABC'],
    [`/f/{file:22}`, `/f/${'A'.repeat(128)}`, `file:${'A'.repeat(128)}`],
    ['/*/{file:3}[/branch/{file:3}]', '/x/ABC/branch/DEF', 'file:DEF'],
    ['/t/{team}/**', '/t/7', 'team:7'],
    ['/t/{team}/**', '/t/7/a/b/c', 'team:7'],
    ['/t/{team}[/f/{file}]/**', '/t/7/f/A/b/c', 'file:A'],
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
    ['/f/{file:3}', '/f/AB'],
    [`/f/{file:22}`, `/f/${'A'.repeat(129)}`],
    ['/*/{file:3}', '/x/AB'],
    ['/*/{file:3}', '/x'],
    ['/*/{file:3}', '/x.y/ABC'],
    ['/*/{file:3}', '/%78/ABC'],
    ['/*/{file:3}', '/*/ABC'],
    ['/*/{file:3}', '/é/ABC'],
  ])('%s does not read %s', (shape, path) => {
    expect(read(linksOf([shape]), `https://x.test${path}`)).toMatch(/^link_(unknown_shape|bad_id)$/)
  })

  it('has for * no word that a shape has, in any place and any letter case', () => {
    const policy = linksOf(['/t/{team}', '/r/{region}/u/{team}', '/*/{file}'])
    expect(read(policy, 'https://x.test/v/ABC')).toBe('file:ABC')
    expect(read(policy, 'https://x.test/t/ABC')).toBe('link_bad_id')
    for (const word of ['T', 'r', 'R', 'u', 'U'])
      expect(read(policy, `https://x.test/${word}/ABC`), word).toBe('link_unknown_shape')
  })

  it('says of a link behind * that nobody knows it, not that its id is wrong', () => {
    expect(read(linksOf(['/*/{file:22}']), 'https://x.test/community/file/123')).toBe('link_unknown_shape')
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
    ['an asterisk among letters', '/t*/{team}'],
    ['two asterisks in the middle', '/t/**/{team}'],
    ['nothing but two asterisks', '/**'],
    ['an id of no characters', '/t/{team:0}'],
    ['an id of so many characters that are no number', '/t/{team:x}'],
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
    ['/t/{team}/o/{plan:3}', /^does not end in the id of a resource/],
    ['/t/{tema}', /the kind "tema", which the policy lacks/],
    ['/t/{team}/r/{region}', /^has "\{region\}" below "\{team\}", .*parents/],
    ['/f/{file}/t/{team}', /^has "\{team\}" below "\{file\}", .*parents/],
    ['/ok/{file}', /^has "\{file\}" where another shape has "\{team\}"/],
    ['/ok/{team:2}', /^has "\{team:2\}" where another shape has "\{team\}"/],
    ['/ok/*/{team}', /^has "\*" where another shape has "\{team\}"/],
    ['/u/{team:5}', /^has "\{team:5\}", but an id of that kind is shorter/],
    ['/ok/{team}/*', /^does not end in the id of a resource/],
  ])('is refused when it is defined, with the reason: %s', (shape, message) => {
    const [problem, ...others] = problemsOf(['/ok/{team}', shape])
    expect(problem?.replace('links.shapes[1] ', '')).toMatch(message)
    expect(others).toEqual([])
  })

  it('lets as many segments follow as the most generous of the shapes that end there', () => {
    for (const shapes of [
      ['/t/{team}/**', '/t/{team}'],
      ['/t/{team}', '/t/{team}/**'],
    ])
      expect(read(linksOf(shapes), 'https://x.test/t/7/a/b')).toBe('team:7')
  })

  it('is refused when it is defined: an id where another shape has *', () => {
    expect(problemsOf(['/ok/*/{team}', '/ok/{team}'])).toEqual([
      'links.shapes[1] has "{team}" where another shape has "*".',
    ])
  })

  it.each([
    [['/r/{region}', '/r/{region}/{team}'], 1],
    [['/r/{region}/{team}', '/r/{region}'], 1],
    [['/r/{region}[/{team}]'], 0],
    [['/r/{region}', '/r/{region}/*/{team}'], 1],
    [['/r/{region}/*/{team}', '/r/{region}'], 1],
  ])('is refused when it is defined: an id or a title in the same place, as in %j', (shapes, index) => {
    const problem = (at: number) =>
      expect.stringContaining(`links.shapes[${at}] cannot be told from another shape with a title.`)
    expect(problemsOf(shapes, KINDS, 1)).toEqual([problem(index)])
    expect(problemsOf(shapes)).toEqual([])
    const open = shapes.map((shape) => `${shape}/**`)
    expect(problemsOf(open)).toEqual([problem(index)])
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
