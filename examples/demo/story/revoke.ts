/** Revoking: at once and for good; the token that takes its place; and secrets that leaked. */
import { ADMIN } from '../organization.ts'
import { NIGHTLY } from './create.ts'
import type { Stage } from './stage.ts'
import type { Holder } from './steps.ts'

const FILE = 'GET /v1/files/ABCDEFG123'

export async function revokeToken(stage: Stage, nightly: Holder): Promise<void> {
  const { tokens, print } = stage
  const who = { actor: ADMIN, id: nightly.id }
  print.title('Revoke a plan access token')
  const revoked = await stage.call(
    {
      who: ADMIN,
      call: 'revoke',
      gives: { status: 'revoked', revokedBy: ADMIN, revokedAt: stage.now() },
      why: 'Resolves only when no process accepts the token any more.',
    },
    () => tokens.revoke(who),
  )
  await stage.request({ by: nightly, request: FILE, expect: '401 token_revoked', why: 'The very next request.' })
  await stage.refused(
    { who: ADMIN, call: 'refresh', expect: '409 token_not_active', why: 'There is no way back.' },
    () => tokens.refresh(who),
  )
  await stage.refused(
    { who: ADMIN, call: 'edit name', expect: '409 token_not_active', why: 'Nor is there anything left to edit.' },
    () => tokens.edit({ ...who, name: 'Back again' }),
  )
  await stage.call(
    {
      who: ADMIN,
      call: 'revoke, once more',
      gives: { status: 'revoked', version: revoked.version },
      why: 'Changes nothing, and makes the same promise to whoever else was about to do it.',
    },
    () => tokens.revoke(who),
  )
  const issued = await stage.call(
    {
      who: ADMIN,
      call: 'create "Nightly export", as at first',
      gives: { status: 'active', scopes: NIGHTLY.scopes, version: 1 },
      why: 'A new token with the same scopes and links takes its place.',
    },
    () => tokens.create(NIGHTLY),
  )
  const successor = stage.holder('successor', issued)
  await stage.request({ by: successor, request: FILE, expect: '200 allowed', why: 'With a secret of its own.' })
}

/** Whoever finds a secret can end it, without knowing whose it is. The page has nothing like it; a leak does not wait. */
export async function reportLeaks(stage: Stage, old: Holder): Promise<void> {
  const { tokens, print } = stage
  const request = 'GET /acme-ui'
  print.title('When a secret has leaked')
  const refreshed = await stage.call(
    {
      who: ADMIN,
      call: 'refresh "CI install"',
      gives: { status: 'active' },
      why: 'An npm token is refreshed like any other: two of its secrets work now.',
    },
    () => tokens.refresh({ actor: ADMIN, id: old.id }),
  )
  const renewed = stage.holder('ci new', refreshed)
  const before = { ...old, name: 'ci old' }
  await stage.request({ by: before, to: 'registry', request, expect: '200 allowed', why: 'In its 24 hours.' })
  await stage.call(
    {
      who: 'a scanner',
      call: 'revokeSecret, of "ci old"',
      gives: { revoked: true, status: 'active' },
      why: 'It found the string in a public repository; the string is all that it needs. The old secret goes alone.',
    },
    () => tokens.revokeSecret({ text: before.secret.reveal() }),
  )
  await stage.request({ by: before, to: 'registry', request, expect: '401 secret_retired', why: 'At once.' })
  await stage.request({ by: renewed, to: 'registry', request, expect: '200 allowed', why: 'Builds go on.' })
  await stage.call(
    {
      who: 'a scanner',
      call: 'revokeSecret, of "ci new"',
      gives: { revoked: true, status: 'revoked', revokedBy: null },
      why: 'The newest secret takes its token with it.',
    },
    () => tokens.revokeSecret({ text: renewed.secret.reveal() }),
  )
  await stage.request({ by: renewed, to: 'registry', request, expect: '401 token_revoked', why: 'At once.' })
}
