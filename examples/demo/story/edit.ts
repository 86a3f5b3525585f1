/** Editing: name, description, scopes and resources, seen by the next request; and what cannot be edited. */
import { ADMIN, LINKS, OTHER_PLAN } from '../organization.ts'
import type { Stage } from './stage.ts'
import type { Holder } from './steps.ts'

export async function editToken(stage: Stage, nightly: Holder): Promise<void> {
  const { tokens, print } = stage
  const who = { actor: ADMIN, id: nightly.id }
  print.title('Edit a plan access token')
  await stage.call(
    {
      who: ADMIN,
      call: 'edit scopes: comments in, dev resources out',
      gives: { version: 2, scopes: ['file_content:read', 'projects:read', 'file_comments:read'] },
      why: 'Resolves only when every process judges by the change.',
    },
    () => tokens.edit({ ...who, scopes: ['file_content:read', 'projects:read', 'file_comments:read'] }),
  )
  await stage.request({
    by: nightly,
    request: 'GET /v1/files/ABCDEFG123/comments',
    expect: '200 allowed',
    why: 'Refused above; the same secret now holds the scope.',
  })
  await stage.request({
    by: nightly,
    request: 'POST /v1/dev_resources',
    body: { dev_resources: [{ file_key: 'ABCDEFG123' }] },
    expect: '403 scope_missing',
    why: 'Allowed above; the scope is gone.',
  })
  const resources = [LINKS.file, LINKS.team, LINKS.workspace, 'https://figma.com/design/ROADMAP2027']
  await stage.call(
    {
      who: ADMIN,
      call: 'edit name and links: roadmap in, project 123 out',
      gives: { version: 3, name: 'Nightly roadmap' },
      why: 'Both changes are one version and one line of the audit log.',
    },
    () => tokens.edit({ ...who, name: 'Nightly roadmap', resources }),
  )
  await stage.request({
    by: nightly,
    request: 'GET /v1/files/ROADMAP2027',
    expect: '200 allowed',
    reads: 'file:ROADMAP2027',
    why: 'Refused above, now listed.',
  })
  await stage.request({
    by: nightly,
    request: 'GET /v1/files/HANDBOOK01',
    expect: '403 resource_not_allowed',
    why: 'Allowed above; its project is no longer listed.',
  })
  await stage.refused(
    {
      who: ADMIN,
      call: "edit links: one to another plan's team",
      expect: '400 invalid_input',
      at: ['resources[0]'],
      why: 'A token never reaches out of its plan.',
    },
    () => tokens.edit({ ...who, resources: [`https://figma.com/files/${OTHER_PLAN}/team/900`] }),
  )
  const forbidden = { ...who, lifetimeDays: 365 }
  await stage.refused(
    {
      who: ADMIN,
      call: 'edit lifetimeDays: 365',
      expect: '400 invalid_input',
      at: ['lifetimeDays'],
      why: 'Only these four can be edited; a later end is what a refresh is for.',
    },
    () => tokens.edit(forbidden),
  )
}
