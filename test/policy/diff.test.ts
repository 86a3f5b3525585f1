/** `diffPolicies`: each change of a policy with the line that says it; every witness is run through both policies, and the engine. */
import { definePolicy, type PolicyData } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { diffPolicies, judgeWitness, type PolicyDiff, policyMatrix } from 'plan-access-tokens/policy'
import { describe, expect, it } from 'vitest'
import { decisionOn, directoryOf } from '../../src/testing/policy-engine.ts'

// biome-ignore lint/suspicious/noExplicitAny: data that each case changes at will
type Draft = any

const base = (): Draft => ({
  surface: 's',
  credential: { headers: ['x-key'], bearer: true },
  tiers: ['team', 'business'],
  scopes: { read: {}, write: {} },
  reserved: { admin: {} },
  types: { live: { prefix: 'live' }, ci: { prefix: 'ci', scopes: ['read'] } },
  kinds: { folder: { id: 'digits' }, file: { parents: ['folder'] } },
  links: { hosts: ['h.example'], shapes: ['/folders/{folder}'] },
  endpoints: {
    'GET /files/{file}': { scopes: ['read'], names: [{ kind: 'file', at: 'path:file' }] },
    'GET /folders/{folder}/files/{file}': {
      scopes: ['read'],
      names: [
        { kind: 'folder', at: 'path:folder' },
        { kind: 'file', at: 'path:file', within: 'path:folder' },
      ],
    },
    'GET /search': { scopes: ['read'], names: 'filtered' },
    'GET /status': { scopes: [], names: 'nothing', public: true },
    'POST /files': {
      scopes: ['write'],
      names: [{ kind: 'folder', at: 'body:items[].folder' }],
      checks: { 'c@1': 'It fits.' },
    },
    'GET /report': { scopes: ['read'], names: 'plan', tiers: ['business'] },
    'DELETE /files/{file}': { scopes: ['write'], names: [{ kind: 'file', at: 'path:file' }], closed: 'a person' },
  },
})

const checks = { 'c@1': () => true }
const before = definePolicy(base() as PolicyData, { checks })

function changed(change: (data: Draft) => void) {
  const data = base()
  change(data)
  return definePolicy(data as PolicyData, { checks })
}

const lines = ({ wider, narrower }: PolicyDiff): string[] =>
  [...wider, ...narrower].map((line) =>
    line.about === 'request'
      ? `${line.direction} ${line.rule} ${line.routes.length > 1 ? `${line.routes.length} routes` : line.routes[0]}`
      : `${line.direction} ${line.rule}: ${line.what}`,
  )

const FILE = 'GET /files/{file}'

describe('a change of a policy', () => {
  it.each<[string, (data: Draft) => void, string[]]>([
    ['a scope more', (d) => (d.endpoints[FILE].scopes = ['read', 'write']), [`WIDER scope ${FILE}`]],
    ['a scope that nobody can be given', (d) => (d.endpoints[FILE].scopes = ['read', 'admin']), []],
    ['scopes together', (d) => (d.endpoints[FILE].scopes = [['read', 'write']]), [`narrower scope ${FILE}`]],
    ['fewer tiers of an endpoint', (d) => (d.endpoints[FILE].tiers = ['team']), [`narrower tier ${FILE}`]],
    ['more tiers of an endpoint', (d) => delete d.endpoints['GET /report'].tiers, ['WIDER tier GET /report']],
    ['closed', (d) => (d.endpoints[FILE].closed = 'x'), [`narrower endpoint ${FILE}`]],
    ['opened', (d) => delete d.endpoints['DELETE /files/{file}'].closed, ['WIDER endpoint DELETE /files/{file}']],
    ['an endpoint less', (d) => delete d.endpoints['GET /report'], ['narrower endpoint GET /report']],
    [
      'a literal beside a parameter',
      (d) => (d.endpoints['GET /files/new'] = { scopes: ['write'], names: 'plan' }),
      [
        'WIDER scope GET /files/new',
        'WIDER in_plan GET /files/new',
        `narrower scope ${FILE}`,
        `narrower allowlist ${FILE}`,
        `narrower endpoint ${FILE}`,
      ],
    ],
    [
      'nothing named',
      (d) => (d.endpoints[FILE] = { scopes: ['read'], names: 'nothing', params: { file: 'any' } }),
      [`WIDER in_plan ${FILE}`, `WIDER allowlist ${FILE}`],
    ],
    [
      'nothing above',
      (d) => delete d.endpoints['GET /folders/{folder}/files/{file}'].names[1].within,
      ['WIDER in_plan GET /folders/{folder}/files/{file}'],
    ],
    [
      'a list that shows everything',
      (d) => (d.endpoints['GET /search'].names = 'nothing'),
      ['WIDER reach GET /search'],
    ],
    ['a token needed', (d) => delete d.endpoints['GET /status'].public, ['narrower credential GET /status']],
    ['a check less', (d) => delete d.endpoints['POST /files'].checks, ['WIDER names POST /files']],
    [
      'other ids',
      (d) => (d.kinds.file.max = 5),
      [`narrower in_plan ${FILE}`, 'narrower in_plan GET /folders/{folder}/files/{file}'],
    ],
    ['fewer resources', (d) => (d.limits = { resources: 3 }), ['narrower names POST /files']],
    ['shorter bodies', (d) => (d.limits = { bodyBytes: 100 }), ['narrower names POST /files']],
    [
      'a tier less',
      (d) => {
        d.tiers = ['business']
      },
      ['narrower plan 5 routes', 'narrower plan 4 routes'],
    ],
    ['another prefix', (d) => (d.types.live.prefix = 'alive'), ['WIDER secret 6 routes', 'narrower secret 6 routes']],
    [
      'a header less',
      (d) => (d.credential.headers = []),
      [
        // Beside the secret of a bearer, what stands there is now nothing; at the public endpoint the secret in it is.
        'WIDER credential 6 routes',
        'WIDER credential 5 routes',
        'WIDER secret GET /status',
        'narrower credential 6 routes',
        'narrower credential 5 routes',
      ],
    ],
    [
      'a type that needs no addresses any more',
      (d) => (d.types.live = { prefix: d.types.live.prefix, addresses: 'required' }),
      ['narrower type: Tokens of the type live can be made without a list of addresses.'],
    ],
    [
      'a type that may renew itself',
      (d) => (d.types.live = { prefix: d.types.live.prefix, selfRenewal: { afterPart: 0.5 } }),
      ['WIDER type: Tokens of the type live may renew themselves after 0.5 of their life, for 365 days.'],
    ],
    [
      'a type less',
      (d) => delete d.types.ci,
      ['narrower secret 5 routes', 'narrower type: Tokens of the type ci can be made.'],
    ],
    [
      'a type with more scopes',
      (d) => delete d.types.ci.scopes,
      ['WIDER scope POST /files', 'WIDER scope: Tokens of the type ci can be given write.'],
    ],
    ['longer lives', (d) => (d.limits = { lifetimeDays: 366 }), ['WIDER limit: Tokens can be made for 366 days.']],
    [
      'links to files',
      (d) => (d.links.shapes = ['/folders/{folder}', '/files/{file}']),
      ['WIDER link: A token can be limited to a file by links of this form.'],
    ],
    [
      'titles behind links',
      (d) => (d.links.tail = 1),
      ['WIDER link: A token can be limited to a folder by links of this form.'],
    ],
    ['a title', (d) => (d.scopes.read.title = 'Read'), []],
  ])('%s', async (_, change, expected) => {
    const after = changed(change)
    const diff = await diffPolicies(before, after)
    expect(lines(diff).sort()).toEqual(expected.sort())
    expect(diff.isSame).toBe(expected.length === 0)
    // What makes a difference shows in the matrix that is committed.
    for (const form of ['toText', 'toMarkdown'] as const)
      if (!diff.isSame) expect(policyMatrix(after)[form]()).not.toBe(policyMatrix(before)[form]())
    for (const line of [...diff.wider, ...diff.narrower]) {
      expect(line.changes).not.toEqual([])
      if (line.about === 'management' || line.rule === 'reach') continue
      const isWider = line.direction === 'WIDER'
      for (const witness of [line.witness, ...(line.limited ? [line.limited] : [])]) {
        expect([before, after].map((policy) => judgeWitness(policy, witness).allowed)).toEqual([!isWider, isWider])
        // A check is a name to a comparison; the functions here always say yes.
        if (witness.failing.length > 0) continue
        const asked = [before, after].map((policy) => decisionOn(policy, witness, directoryOf(witness)))
        expect((await Promise.all(asked)).map(({ allowed }) => allowed)).toEqual([!isWider, isWider])
      }
    }
  })

  it('is told with what is wider first, and with what makes no difference for anybody', async () => {
    const diff = await diffPolicies(
      before,
      changed((data) => {
        data.endpoints[FILE].scopes = ['read', 'write']
        data.endpoints['GET /report'].closed = 'x'
        data.scopes.read.title = 'Read | all'
      }),
    )
    expect(diff.toText()).toMatch(
      /^1 WIDER, 1 narrower\.\nWIDER {4}GET \/files\/\{file\}: [\s\S]*\nnarrower GET \/report/,
    )
    expect(diff.toText()).toContain('shown by: GET /files/1 — live token with write, tier team')
    expect(diff.toText()).toContain('changed: endpoints["GET /files/{file}"].scopes: ["read"] → ["read","write"]')
    expect(diff.toText()).toContain('without a difference for anybody: scopes.read.title.')
    expect(diff.toMarkdown().indexOf('### WIDER')).toBeLessThan(diff.toMarkdown().indexOf('### narrower'))
    expect(JSON.parse(JSON.stringify(diff))).toMatchObject({ v: 1, isSame: false, wider: [{ direction: 'WIDER' }] })
  })

  it.each<[string, (data: Draft) => void]>([
    ['the tier of an endpoint', (d) => (d.endpoints['GET /report'].tiers = ['team'])],
    [
      'all tiers',
      (d) => [Object.assign(d, { tiers: ['pro'] }), Object.assign(d.endpoints['GET /report'], { tiers: ['pro'] })],
    ],
    ['all types', (d) => (d.types = { alive: d.types.live, robot: d.types.ci })],
    [
      'all prefixes',
      (d) => [Object.assign(d.types.live, { prefix: 'alive' }), Object.assign(d.types.ci, { prefix: 'robot' })],
    ],
    ['the header', (d) => (d.credential = { headers: ['x-other'], bearer: false })],
    ['the scope', (d) => (d.endpoints['GET /report'].scopes = ['write'])],
  ])('never calls an endpoint unchanged that is hidden by another name: %s', async (_, rename) => {
    const opened = changed((data) => {
      rename(data)
      Object.assign(data.endpoints['GET /report'], { names: 'nothing' })
      data.scopes.read.title = 'Read'
    })
    const diff = await diffPolicies(before, opened)
    const { masked, uncompared, silent, isWider, toText, toMarkdown } = diff
    expect(isWider).toBe(true)
    expect(silent.map(({ path }) => path)).toEqual(['scopes.read.title'])
    const lines = [...diff.wider, ...masked].filter(({ direction }) => direction === 'WIDER')
    const places = lines.flatMap((line) => line.changes.map(({ path }) => path))
    expect(places).toContain('endpoints["GET /report"].names')
    for (const line of masked)
      if (line.about === 'request') expect(judgeWitness(opened, line.witness).allowed).toBe(line.direction === 'WIDER')
    for (const text of [toText(), toMarkdown()]) {
      if (masked.length > 0) expect(text).toContain('Hidden by these: 1 WIDER')
      for (const { path } of uncompared) expect(text).toMatch(new RegExp(`Not compared, since .*${path.slice(-5)}`))
      expect(text).toMatch(/without a difference for anybody: `?scopes\.read\.title`?\.\n$/)
    }
  })

  it('counts as wider what cannot be taken back by itself', async () => {
    const renamed = changed((data) => {
      data.tiers = ['pro']
      data.endpoints['GET /report'].tiers = ['pro']
    })
    const { isWider, uncompared, silent, toText } = await diffPolicies(before, renamed)
    expect(isWider).toBe(true)
    expect(uncompared.map(({ path }) => path)).toEqual(['endpoints["GET /report"].tiers'])
    expect(silent).toEqual([])
    expect(toText()).toContain(
      'change names in a step of their own: endpoints["GET /report"].tiers: ["business"] → ["pro"].',
    )
    expect(toText()).not.toContain('without a difference')
  })

  it('says which living tokens it touches, of which tier, and leaves ended ones out', async () => {
    const now = Date.UTC(2027, 0, 31)
    const token = (id: string, planId: string, scopes: string[], more: object = {}) => ({
      ...{ id, planId, type: 'live', scopes, resources: 'all' as const, expiresAt: now + 1, revokedAt: null, ...more },
    })
    async function* tokens() {
      yield token('writes', 'p1', ['write'])
      yield token('limited', 'p1', ['write'], { resources: [{ kind: 'file', id: 'x' }] })
      yield token('reads', 'p1', ['read', 'write'])
      yield token('of-team', 'p2', ['write'])
      yield token('expired', 'p1', ['write'], { expiresAt: now })
      yield token('revoked', 'p1', ['write'], { revokedAt: now })
    }
    const after = changed((data) => {
      data.endpoints[FILE].scopes = ['read', 'write']
      data.endpoints[FILE].tiers = ['business']
    })
    const tierOf = (planId: string) => (planId === 'p1' ? 'business' : 'team')
    const { wider, narrower, toText } = await diffPolicies(before, after, { tokens: tokens(), tierOf, now })
    expect(wider).toMatchObject([{ rule: 'scope', touched: { tokens: 2, plans: 1, ids: ['writes', 'limited'] } }])
    expect(narrower).toMatchObject([{ rule: 'tier', touched: { tokens: 0 } }])
    expect(toText()).toContain('touches 2 living tokens of 1 plan: writes, limited')
  })

  it('tells of all mistakes in what it is given', async () => {
    await expect(diffPolicies(before, {} as never)).rejects.toThrow('after: must be a policy that definePolicy made.')
    await expect(diffPolicies(before, before, { tokens: 5, tierof: 1 } as never)).rejects.toThrow(
      /tokens: must be a list[\s\S]*tierof: is not a field here\. Did you mean "tierOf"/,
    )
  })

  it('of Figma’s policy with itself is none', async () => {
    expect((await diffPolicies(figmaPolicy(), figmaPolicy())).toText()).toBe(
      'No request and no management call is answered in another way.\n',
    )
  })
})
