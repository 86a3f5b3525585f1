/** Every case of attack-cases.json has a test here, or is named below with what it waits for; nothing is silently missing. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { START } from '../support/world.ts'
import { ATTACKS, attacksOf } from './attack.ts'
import { allowed } from './verdicts.ts'
import { A, B, BR, EVERY_SCOPE, world, Z } from './world.ts'

/** Cases without a test here, and where theirs is. */
const WAITING: Readonly<Record<string, string>> = {
  i16: 'with the real npm and a real registry in test/npm/clients.test.ts',
}

/** Cases with a test, and what of them waits all the same. */
const PARTLY: Readonly<Record<string, string>> = {
  a07: 'through authorize on a real node:http server; the guard of the Node entry is a later issue',
  a08: 'as a07',
}

const folder = fileURLToPath(new URL('./', import.meta.url))
const tested = readdirSync(folder)
  .filter((file) => file.endsWith('.test.ts'))
  .flatMap((file) => [...readFileSync(folder + file, 'utf8').matchAll(/^attack\('(\w+)'/gm)])
  .map((match) => match[1] ?? '')

test('every case has exactly one test, or waits for something that is named', () => {
  const ids = ATTACKS.map((each) => each.id)
  expect(new Set(ids).size, 'ids are unique').toBe(ids.length)
  expect([...tested, ...Object.keys(WAITING)].toSorted()).toEqual(ids.toSorted())
  for (const id of Object.keys(PARTLY)) expect(tested).toContain(id)
})

const attack = attacksOf('world')

attack('world', async () => {
  const w = await world()
  expect(new Date(w.clock.real.now()).toISOString()).toBe('2027-01-31T12:00:00.000Z')
  for (const [planId, tier, admin] of [
    ['1001', 'organization', 'admin-1'],
    ['2002', 'enterprise', 'admin-2'],
    ['3003', 'starter', 'admin-3'],
  ] as const) {
    expect(w.directory.real.plan(planId)).toMatchObject({ id: planId, tier })
    expect(w.directory.real.isPlanAdmin(admin, planId)).toBe(true)
  }
  const places: readonly (readonly [kind: string, id: string, above: string, planId: string])[] = [
    ['file', A, 'project:123 team:456 workspace:789', '1001'],
    ['file', BR, `file:${A} project:123 team:456 workspace:789`, '1001'],
    ['component', 'cmpA', `file:${A} project:123 team:456 workspace:789`, '1001'],
    ['dev_resource', 'devA', `file:${A} project:123 team:456 workspace:789`, '1001'],
    ['webhook', '71', `file:${A} project:123 team:456 workspace:789`, '1001'],
    ['folder', '321', 'team:456 workspace:789', '1001'],
    ['file', B, 'project:124 team:457 workspace:789', '1001'],
    ['component', 'cmpB', `file:${B} project:124 team:457 workspace:789`, '1001'],
    ['style', 'styB', `file:${B} project:124 team:457 workspace:789`, '1001'],
    ['dev_resource', 'devB', `file:${B} project:124 team:457 workspace:789`, '1001'],
    ['webhook', '72', 'team:457 workspace:789', '1001'],
    ['file', Z, 'project:923 team:956', '2002'],
    ['component', 'cmpZ', `file:${Z} project:923 team:956`, '2002'],
    ['dev_resource', 'devZ', `file:${Z} project:923 team:956`, '2002'],
    ['webhook', '79', `file:${Z} project:923 team:956`, '2002'],
  ]
  for (const [kind, id, above, planId] of places) {
    const place = w.directory.real.locate({ kind, id })
    expect(place?.planId, `${kind}:${id}`).toBe(planId)
    expect(place?.ancestors.map((ref) => `${ref.kind}:${ref.id}`).join(' ')).toBe(above)
  }
  expect(w.ALL.token).toMatchObject({ planId: '1001', type: 'rest', resources: 'all', createdAt: START })
  expect(w.ALL.token.scopes).toEqual(EVERY_SCOPE)
  expect(w.ONE.token.resources).toEqual([
    { kind: 'project', id: '123', link: 'https://figma.com/files/1001/project/123' },
  ])
  for (const token of [w.ALL, w.ONE]) allowed(await w.ask(`GET /v1/files/${A}`, token))
})
