/** The audit log: every change of the story, in its order, and nothing that was refused. */
import type { Change, ResourceRef, TokenEvent } from 'plan-access-tokens'
import { ADMIN, PLAN } from '../organization.ts'
import type { Stage } from './stage.ts'

/** Who did what to which token. */
const EXPECTED: readonly (readonly [actor: string | null, type: TokenEvent['type'], name: string])[] = [
  [ADMIN, 'created', 'Inventory'],
  [ADMIN, 'created', 'Nightly roadmap'],
  [ADMIN, 'created', 'CI install'],
  [ADMIN, 'edited', 'Nightly roadmap'],
  [ADMIN, 'edited', 'Nightly roadmap'],
  [ADMIN, 'refreshed', 'Nightly roadmap'],
  [ADMIN, 'created', 'Preview build'],
  [ADMIN, 'revoked', 'Nightly roadmap'],
  [ADMIN, 'created', 'Nightly export'],
  [ADMIN, 'refreshed', 'CI install'],
  [null, 'secret_revoked', 'CI install'],
  [null, 'revoked', 'CI install'],
]

export async function auditLog(stage: Stage): Promise<void> {
  const { tokens, print } = stage
  print.title('The audit log')
  print.say('Written together with each change or not at all, so it misses none. Refused calls changed nothing.')
  const who = { actor: ADMIN, planId: PLAN }
  const { events } = await stage.call(
    { who: ADMIN, call: 'events', gives: {}, why: 'A token stands under the name that it has now.' },
    () => tokens.events(who),
  )
  const list = await tokens.list(who)
  const names = new Map(list.tokens.map(({ id, name }) => [id, name]))
  print.table(
    events.map((event) => [
      String(event.seq),
      minute(event.at),
      event.actor ?? 'reported',
      event.type,
      names.get(event.tokenId) ?? event.tokenId,
      changesText(event.changes ?? {}),
    ]),
    { head: ['seq', 'when (UTC)', 'who', 'what', 'token', 'change'] },
  )
  const happened = events.map(({ actor, type, tokenId }) => [actor, type, names.get(tokenId)])
  stage.check('the audit log', EXPECTED, happened)
}

/** A new name, what was added to a list and taken from it, and a new end. What else an event says stands in its line already. */
function changesText({ name, scopes, resources, expiresAt }: { readonly [field: string]: Change }): string {
  return [
    ...(name ? [`now "${name.after}"`] : []),
    ...listText(scopes),
    ...listText(resources),
    ...(expiresAt ? [`until ${minute(Number(expiresAt.after))}`] : []),
  ].join(' ')
}

function listText(change: Change | undefined): readonly string[] {
  const [before, after] = [itemsOf(change?.before), itemsOf(change?.after)]
  return [
    ...after.filter((item) => !before.includes(item)).map((item) => `+${item}`),
    ...before.filter((item) => !after.includes(item)).map((item) => `-${item}`),
  ]
}

function itemsOf(list: unknown): readonly string[] {
  if (!Array.isArray(list)) return []
  return list.map((item: string | ResourceRef) => (typeof item === 'string' ? item : `${item.kind}:${item.id}`))
}

function minute(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ')
}
