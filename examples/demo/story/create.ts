/** The wizard: its three pages filled in with two mistakes, corrected, and the secret that is shown once. */
import { millisecondsInDay } from 'date-fns/constants'
import { ADMIN, GUEST, LINKS, PLAN } from '../organization.ts'
import type { Printer } from '../print.ts'
import type { Stage } from './stage.ts'
import type { Holder } from './steps.ts'

const DESCRIPTION = { name: 'Nightly export', description: 'Copies designs into the docs', lifetimeDays: 90 } as const
const SCOPES = ['file_content:read', 'projects:read', 'file_dev_resources:write']
const MISSPELT = SCOPES.with(0, 'file_contnet:read')
const PASTED = Object.values(LINKS).join(',\n')
const MISTYPED = PASTED.replace('/project/', '/porject/')

/** What the token is created with; the story creates another one like it at its end. */
export const NIGHTLY = {
  actor: ADMIN,
  planId: PLAN,
  type: 'rest',
  ...DESCRIPTION,
  scopes: SCOPES,
  resources: Object.values(LINKS),
} as const

export async function createToken(stage: Stage): Promise<Holder> {
  const { tokens, print } = stage
  print.title('Create a plan access token')
  await stage.refused(
    { who: GUEST, call: 'create', expect: '403 not_plan_admin', why: 'Only an admin of the plan makes tokens for it.' },
    () => tokens.create({ ...NIGHTLY, actor: GUEST }),
  )
  await stage.refused(
    {
      who: ADMIN,
      call: 'create, for 366 days',
      expect: '400 invalid_input',
      at: ['lifetimeDays'],
      why: 'A year is the most.',
    },
    () => tokens.create({ ...NIGHTLY, lifetimeDays: 366 }),
  )

  showDescription(print)
  showScopes(stage, MISSPELT)
  showLinks(stage, MISTYPED)
  await stage.refused(
    {
      who: ADMIN,
      call: 'create',
      expect: '400 invalid_input',
      at: ['scopes[0]', 'resources[1]'],
      why: 'Everything that is wrong, at once, and nothing was written.',
    },
    () => tokens.create({ ...NIGHTLY, scopes: MISSPELT, resources: linksIn(MISTYPED) }),
  )
  const { tokens: written } = await tokens.list({ actor: ADMIN, planId: PLAN })
  stage.check(
    'tokens after the refusals',
    ['Inventory'],
    written.map(({ name }) => name),
  )

  print.lines(['', 'Once more, with both corrected:'])
  showScopes(stage, SCOPES)
  showLinks(stage, PASTED)
  const issued = await stage.call(
    {
      who: ADMIN,
      call: 'create "Nightly export", 4 links, 90 days',
      gives: { status: 'active', name: 'Nightly export', expiresAt: stage.now() + 90 * millisecondsInDay, version: 1 },
      why: 'A day is 24 hours; the token ends to the millisecond.',
    },
    () => tokens.create(NIGHTLY),
  )
  print.box([
    issued.secret.reveal(),
    'Shown here and never again: it belongs into a vault. (This one ends with the demo.)',
  ])
  const nightly = stage.holder('nightly', issued)

  const token = await stage.call(
    {
      who: ADMIN,
      call: 'get',
      gives: { id: nightly.id, status: 'active' },
      why: 'The token can be looked up by its id; its secret is nowhere, not even in the store.',
    },
    () => tokens.get({ actor: ADMIN, id: nightly.id }),
  )
  stage.check('the token holds its secret', false, JSON.stringify(token).includes(nightly.secret.reveal()))
  return nightly
}

function showDescription(print: Printer): void {
  print.lines(['', 'Page 1 of 3: Describe your token'])
  const { name, description, lifetimeDays } = DESCRIPTION
  print.table([
    ['    Name', name],
    ['    Description', description],
    ['    Expires after', `${lifetimeDays} days`],
  ])
}

/** The scopes as the page of the wizard would list them, with their titles out of the policy. */
function showScopes({ tokens, print }: Stage, scopes: readonly string[]): void {
  const known = new Map(tokens.policies[0]?.scopes.map(({ name, title }) => [name, title]))
  print.lines(['', 'Page 2 of 3: Choose scopes'])
  print.table(scopes.map((scope) => [`    ${scope}`, known.get(scope) ?? '(unknown)']))
}

/** The text that was pasted, with every mistake in it underlined, as the page shows it while one types. */
function showLinks({ tokens, print, check }: Stage, text: string): void {
  const { resources, mistakes } = tokens.policies[0]?.parseLinks(text) ?? { resources: [], mistakes: [] }
  print.lines(['', 'Page 3 of 3: Choose resources, only selected ones'])
  for (const line of text.split('\n')) {
    print.lines([`    ${line}`])
    const mistake = mistakes.find(({ link }) => line.includes(link))
    if (mistake) print.lines([`    ${'^'.repeat(mistake.link.length)} ${mistake.code}`])
  }
  print.lines([''])
  const found = resources.map(({ kind, id }) => `${kind}:${id}`)
  check(
    'links that were read',
    EXPECTED_LINKS.filter((ref) => text === PASTED || ref !== 'project:123'),
    found,
  )
  check(
    'mistakes in the links',
    text === PASTED ? [] : ['link_unknown_shape'],
    mistakes.map(({ code }) => code),
  )
}

const EXPECTED_LINKS = ['file:ABCDEFG123', 'project:123', 'team:456', 'workspace:789']

function linksIn(text: string): readonly string[] {
  return text.split(/[\s,]+/)
}
