/** What a change of tiers, kinds and links does to living tokens. */
import { expect } from 'vitest'
import { type Changes, changing, DATA, GET } from './world.ts'

export const OF_RESOURCES: Changes = {
  async 'a tier is added'() {
    const w = await changing({ after: { tiers: ['team', 'business', 'starter'] } })
    w.directory.setPlan('acme', { tier: 'starter' })
    expect(await w.both(GET)).toEqual(['plan_not_eligible', 'allowed'])
    expect(await w.affected()).toEqual([{ code: 'tier_gained', tier: 'starter' }])
  },
  async 'a tier is removed'() {
    const w = await changing({ after: { tiers: ['business'] } })
    expect(await w.both(GET)).toEqual(['allowed', 'plan_not_eligible'])
    expect(await w.affected()).toEqual([{ code: 'tier_lost', tier: 'team' }])
    expect(w.warned.join()).toMatch(/the tier "team", which no policy has/)
    w.directory.setPlan('acme', { tier: 'business' })
    expect(await w.both(GET)).toEqual(['allowed', 'allowed'])
  },
  async 'a kind is removed'() {
    const after = { kinds: { file: { id: 'name' } }, links: { hosts: ['api.test'], shapes: ['/f/{file}'] } }
    const w = await changing({ after }, { resources: ['https://api.test/p/1'] })
    expect(await w.both(GET)).toEqual(['allowed', 'allowed'])
    expect(await w.both('GET /files/C')).toEqual(['resource_not_allowed', 'resource_not_allowed'])
    expect(await w.affected()).toMatchObject([{ code: 'resource_lost', resource: { kind: 'project', id: '1' } }])
  },
  async 'a kind is renamed'() {
    const after = {
      kinds: { folder: { id: 'digits' }, file: { id: 'name', parents: ['folder'] } },
      links: { hosts: ['api.test'], shapes: ['/p/{folder}', '/f/{file}'] },
    }
    const w = await changing({ after }, { resources: ['https://api.test/p/1'] })
    const { locate } = w.directory
    const naming = (...kinds: readonly string[]) => {
      w.directory.locate = (ref) => {
        const place = locate(ref)
        return (
          place && { ...place, ancestors: place.ancestors.flatMap(({ id }) => kinds.map((kind) => ({ kind, id }))) }
        )
      }
    }
    naming('folder')
    expect(await w.both(GET)).toEqual(['resource_not_allowed', 'resource_not_allowed'])
    naming('folder', 'project')
    expect(await w.both(GET)).toEqual(['allowed', 'allowed'])
    expect(await w.affected()).toMatchObject([{ code: 'resource_lost', resource: { kind: 'project' } }])
  },
  async 'the id of a kind is narrowed'() {
    const w = await changing(
      { after: { kinds: { ...DATA.kinds, file: { id: 'digits' } } } },
      { resources: ['https://api.test/f/A'] },
    )
    expect(await w.both(GET)).toEqual(['allowed', 'resource_not_in_plan'])
    expect(await w.affected()).toMatchObject([{ code: 'resource_lost', resource: { kind: 'file', id: 'A' } }])
  },
  async 'a link shape is changed'() {
    const after = { links: { hosts: ['api.test'], shapes: ['/project/{project}', '/file/{file}'] } }
    const w = await changing({ after }, { resources: ['https://api.test/f/A'] })
    expect(await w.both(GET)).toEqual(['allowed', 'allowed'])
    expect(await w.affected()).toEqual([])
    await expect(w.next.edit({ ...w.owner, resources: ['https://api.test/f/B'] })).rejects.toThrow(/looks like/)
    await w.next.edit({ ...w.owner, resources: ['https://api.test/file/B'] })
    expect(await w.both('GET /files/B')).toEqual(['allowed', 'allowed'])
  },
}
