/** Attacks on the input of management: prototypes, getters, unknown fields, names, scopes, types and ids. Rights: management.test.ts. */
import { expect } from 'vitest'
import { DAY } from '../support/world.ts'
import { attacksOf } from './attack.ts'
import { changingNothing, failure, invalidAt, shown } from './verdicts.ts'
import { A, input, type World, world } from './world.ts'

const attack = attacksOf('management')

/** Creates with rubbish and asserts where it is refused. */
async function eachInvalidAt(w: World, path: string, fields: readonly { readonly [field: string]: unknown }[]) {
  await changingNothing(w, async () => {
    for (const field of fields)
      await invalidAt(path, w.tokens.create(input(field)), Object.values(field).map(shown).join())
  })
}

attack('f08', async () => {
  const w = await world()
  const json = JSON.stringify(input({ resources: undefined }))
  const polluted = (more: string) => JSON.parse(`${json.slice(0, -1)},${more}}`) as never
  await changingNothing(w, async () => {
    for (const more of [
      '"__proto__":{"resources":"all"},"constructor":{"prototype":{"x":1}}',
      '"__proto__":{"resources":"all"}',
      '"constructor":{"prototype":{"x":1}}',
    ])
      await failure(w.tokens.create(polluted(more)), 'invalid_input', more)
    const whole = JSON.parse(`${JSON.stringify(input()).slice(0, -1)},"__proto__":{"x":1}}`) as never
    await invalidAt('__proto__', w.tokens.create(whole))
    const edit = `{"actor":"admin-1","id":"${w.ALL.token.id}","name":"x","__proto__":{"resources":"all"}}`
    await failure(w.tokens.edit(JSON.parse(edit) as never), 'invalid_input')
  })
  const clean = {} as { readonly x?: unknown; readonly resources?: unknown }
  expect(clean.x).toBeUndefined()
  expect(clean.resources).toBeUndefined()
})

attack('f09', async () => {
  const w = await world()
  await changingNothing(w, async () => {
    await failure(w.tokens.create(Object.create({ ...input() }) as never), 'invalid_input')
    const throwing = Object.defineProperty(input(), 'name', {
      enumerable: true,
      get: () => {
        throw new Error('not now')
      },
    })
    await failure(w.tokens.create(throwing), 'invalid_input')
    for (const wrong of [undefined, null, 'all', 7, [input()], () => input(), true])
      await failure(w.tokens.create(wrong as never), 'invalid_input', shown(wrong))
  })
  for (const [field, first, then] of [
    ['scopes', ['file_content:read'], ['file_content:read', 'org:activity_log_read']],
    ['resources', [`https://figma.com/design/${A}`], 'all'],
    ['lifetimeDays', 1, 365],
    ['planId', '1001', '2002'],
    ['type', 'rest', 'admin'],
  ] as const) {
    let reads = 0
    const shifty = Object.defineProperty(input(), field, {
      enumerable: true,
      get: () => (reads++ === 0 ? first : then),
    })
    const { token } = await w.tokens.create(shifty)
    const stored = await w.store.real.find(token.id)
    const kept = field === 'resources' ? [{ kind: 'file', id: A, link: first[0] }] : first
    expect(stored?.[field], field).toEqual(kept)
    expect(reads, 'read once').toBe(1)
  }
  const scopes = ['file_content:read']
  const elements = Object.defineProperty([...scopes], 0, {
    enumerable: true,
    get: () => (scopes.length > 0 ? scopes.pop() : 'org:activity_log_read'),
  })
  expect((await w.make({ scopes: elements })).token.scopes).toEqual(['file_content:read'])
})

attack('f10', async () => {
  const w = await world()
  const fields: { readonly [field: string]: unknown } = {
    expiresAt: 4_102_444_800_000,
    secret: 'x',
    id: 'x',
    createdBy: 'admin-2',
    version: 1,
    revokedAt: null,
    secrets: [],
    foo: 1,
  }
  for (const [field, value] of Object.entries(fields)) await eachInvalidAt(w, field, [{ [field]: value }])
  const all = await failure(w.tokens.create(input(fields)), 'invalid_input')
  expect(all.issues.map((issue) => issue.path).toSorted()).toEqual(Object.keys(fields).toSorted())
})

attack('f11', async () => {
  const w = await world()
  const asked = { actor: 'admin-1', id: w.ALL.token.id }
  const fields: { readonly [field: string]: unknown } = {
    planId: '2002',
    type: 'npm',
    lifetimeDays: 365,
    expiresAt: 4_102_444_800_000,
    revokedAt: null,
    secrets: [],
    createdAt: 0,
    createdBy: 'admin-2',
  }
  await changingNothing(w, async () => {
    for (const [field, value] of Object.entries(fields)) {
      await invalidAt(field, w.tokens.edit({ ...asked, [field]: value } as never), field)
      await invalidAt(
        field,
        w.tokens.edit({ ...asked, name: 'Renamed', [field]: value } as never),
        `${field} and a name`,
      )
    }
  })
})

attack('f12', async () => {
  const w = await world()
  const { tokens } = w
  const asked = { actor: 'admin-1', id: w.ONE.token.id }
  await changingNothing(w, async () => {
    await failure(tokens.edit(asked), 'invalid_input', 'nothing')
    await invalidAt('name', tokens.edit({ ...asked, name: null } as never))
    await invalidAt('scopes', tokens.edit({ ...asked, scopes: null } as never))
    await invalidAt('resources', tokens.edit({ ...asked, resources: null } as never))
    await failure(tokens.edit({ ...asked, scopes: undefined } as never), 'invalid_input', 'scopes: undefined')
    await failure(tokens.edit({ ...asked, resources: undefined } as never), 'invalid_input', 'resources: undefined')
  })
  const renamed = await tokens.edit({ ...asked, name: 'Renamed', scopes: undefined, resources: undefined } as never)
  expect(renamed).toMatchObject({ name: 'Renamed', resources: w.ONE.token.resources, scopes: w.ONE.token.scopes })
})

attack('f14', async () => {
  const wrong = [
    ...['file_comments:write', 'file_variables:write', 'file_code_connect:write', 'npm:read', '*', 'files:*', ''],
    ...[' file_content:read', 'FILE_CONTENT:READ', '__proto__', 'toString', 7, null, ['file_content:read'], {}],
  ]
  await eachInvalidAt(
    await world(),
    'scopes[0]',
    wrong.map((scope) => ({ scopes: [scope] })),
  )
})

attack('f15', async () => {
  const w = await world()
  await eachInvalidAt(w, 'scopes', [
    { scopes: [] },
    { scopes: 'file_content:read' },
    { scopes: undefined },
    { scopes: {} },
  ])
  await eachInvalidAt(w, 'scopes[1]', [{ scopes: ['file_content:read', 'file_content:read'] }])
  const many = Array.from({ length: 100_000 }, (_, i) => `scope-${i}`)
  const error = await invalidAt('scopes', w.tokens.create(input({ scopes: many })))
  expect(error.issues, 'refused by its length, not one by one').toHaveLength(1)
  expect(error.message.length).toBeLessThan(500)
})

attack('f16', async () => {
  const types = ['REST', '', '__proto__', 'constructor', undefined, ['rest'], 'cli', ' rest', null, {}]
  await eachInvalidAt(
    await world(),
    'type',
    types.map((type) => ({ type })),
  )
})

attack('f17', async () => {
  const w = await world()
  const emoji = '\u{1f511}'
  await eachInvalidAt(w, 'name', [
    { name: '' },
    { name: '   ' },
    { name: 'x'.repeat(101) },
    { name: emoji.repeat(101) },
    { name: undefined },
    { name: ['Nightly'] },
  ])
  for (const [name, kept] of [
    ['x'.repeat(100), 'x'.repeat(100)],
    [emoji.repeat(100), emoji.repeat(100)],
    [`${'x'.repeat(99)}   `, 'x'.repeat(99)],
    [`  ${'x'.repeat(100)}  `, 'x'.repeat(100)],
  ])
    expect((await w.make({ name })).token.name).toBe(kept)
})

attack('f18', async () => {
  const w = await world()
  const characters = ['\u0000', '\n', '\u001b', '\u007f', '\u0085', '\u202e', '\u2066', '\u2028', '\ud800', '\udc00']
  await eachInvalidAt(
    w,
    'name',
    characters.map((character) => ({ name: `Nightly${character}export` })),
  )
  // At an end, white space is trimmed away and the others are refused: none of them is ever kept.
  for (const character of characters) {
    const call = w.tokens.create(input({ name: `Nightly${character}` }))
    if (character.trim() === '') expect((await call).token.name).toBe('Nightly')
    else await invalidAt('name', call, JSON.stringify(character))
  }
})

attack('f19', async () => {
  const w = await world()
  const names = [
    '<img src=x onerror=alert(1)>',
    '=cmd|...',
    `\${jndi:ldap://x}`,
    '%s%n',
    "'; drop table tokens;--",
    '__proto__',
    '\u00e9\u0301 \u4f60\u597d \u05e9\u05dc\u05d5\u05dd',
  ]
  for (const name of names) {
    const { token } = await w.make({ name, description: name })
    expect(token).toMatchObject({ name, description: name })
    expect(await w.tokens.get({ actor: 'admin-1', id: token.id })).toMatchObject({ name, description: name })
    const found = await w.tokens.list({ actor: 'admin-1', planId: '1001', search: name })
    expect(found.tokens.map(({ id }) => id)).toContain(token.id)
  }
})

attack('f20', async () => {
  const w = await world()
  await changingNothing(w, async () => {
    const wrong = { name: '', lifetimeDays: 0, scopes: ['x'], resources: ['http://evil.com'] }
    const error = await failure(w.tokens.create(input(wrong)), 'invalid_input')
    const paths = error.issues.map((issue) => issue.path)
    expect(paths.toSorted()).toEqual(['lifetimeDays', 'name', 'resources[0]', 'scopes[0]'])
    for (const { message } of error.issues) expect(message).toMatch(/^\S.*\.$/s)
    const more = {
      ...wrong,
      type: 'x',
      description: 7,
      resources: ['http://evil.com', `https://figma.com/design/${A}`, 'x'],
    }
    const all = await failure(w.tokens.create(input(more)), 'invalid_input')
    expect(all.issues.map((issue) => issue.path).toSorted()).toEqual(
      ['description', 'lifetimeDays', 'name', 'resources[0]', 'resources[2]', 'scopes[0]', 'type'].toSorted(),
    )
  })
})

attack('f21', async () => {
  const w = await world()
  await eachInvalidAt(w, 'description', [
    { description: 'x'.repeat(1_001) },
    { description: '\u{1f511}'.repeat(1_001) },
    { description: 'Nightly\u0000export' },
    { description: null },
    { description: 7 },
  ])
  expect((await w.make({ description: 'x'.repeat(1_000) })).token.description).toHaveLength(1_000)
  const emoji = '\u{1f511}'.repeat(1_000)
  expect((await w.make({ description: emoji })).token.description).toBe(emoji)
  expect((await w.make({ description: undefined })).token.description).toBe('')
})

attack('f22', async () => {
  const w = await world()
  const ids = ['', undefined, {}, [w.ALL.token.id], '../x', '%', 'x'.repeat(1_000_000), '__proto__', null, 0, '\u0000']
  await changingNothing(w, async () => {
    for (const id of ids) {
      const asked = { actor: 'admin-1', id } as never
      for (const call of ['get', 'previewRefresh', 'refresh', 'revoke'] as const)
        await failure(w.tokens[call](asked), ['token_not_found', 'invalid_input'], `${call} ${shown(id)}`)
      const edit = w.tokens.edit({ actor: 'admin-1', id, name: 'Renamed' } as never)
      await failure(edit, ['token_not_found', 'invalid_input'], `edit ${shown(id)}`)
    }
  })
  w.clock.real.advance(DAY)
  expect((await w.tokens.get({ actor: 'admin-1', id: w.ALL.token.id })).id).toBe(w.ALL.token.id)
})
