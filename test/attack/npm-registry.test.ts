/** Tokens of one type on the surface of the other, with a small second policy. npm's own policy and its clients are a later issue's. */
import { expect } from 'vitest'
import { attacksOf } from './attack.ts'
import { allowed, changingNothing, denied, invalidAt } from './verdicts.ts'
import { A, input, rawRequest, worldWithNpm } from './world.ts'

const attack = attacksOf('npm-registry')

attack('i01', async () => {
  const w = await worldWithNpm()
  const read = (secret: string) =>
    w.tokens.authorize(rawRequest({ url: '/@acme/ui', headers: { Authorization: `Bearer ${secret}` } }), {
      surface: 'npm',
    })
  denied(await read(w.ALL.secret), 'token_wrong_type')
  denied(await read(w.ONE.secret), 'token_wrong_type')
  expect(allowed(await read(w.NPM.secret)).resources).toEqual([{ kind: 'package', id: 'ui' }])
})

attack('i02', async () => {
  const w = await worldWithNpm()
  expect(w.NPM.token.scopes).toEqual(['npm:read', 'npm:write'])
  denied(await w.ask(`GET /v1/files/${A}`, w.NPM), 'token_wrong_type')
  const asked = rawRequest({ headers: { Authorization: `Bearer ${w.NPM.secret}` } })
  denied(await w.tokens.authorize(asked, { surface: 'figma' }), 'token_wrong_type')
})

attack('i03', async () => {
  const w = await worldWithNpm()
  await changingNothing(w, async () => {
    await invalidAt('scopes[0]', w.tokens.create(input({ scopes: ['npm:read'] })))
    await invalidAt('scopes[0]', w.tokens.create(input({ type: 'npm', scopes: ['file_content:read'] })))
    const edit = { actor: 'admin-1', id: w.NPM.token.id, scopes: ['npm:read', 'file_content:read'] }
    await invalidAt('scopes[1]', w.tokens.edit(edit))
  })
})
