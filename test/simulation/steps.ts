/** What a walk over the page may do, as plain data that fast-check draws, shrinks and prints. Done by test/simulation/walk.ts. */
import fc from 'fast-check'
import { CLOSED, DAY, HERE, HOUR, ROUTES, UNKNOWN } from './page-model.ts'

export type Step =
  | {
      readonly do: 'create'
      readonly by: string
      readonly plan: string
      readonly days: number
      /** Whether the token is told when it ends, a moment before its days are over. */
      readonly byMoment: boolean
      readonly scopes: readonly string[]
      readonly resources: 'all' | readonly string[]
      readonly addresses: readonly string[] | undefined
      readonly renewal: RenewalStep
      readonly key: string | undefined
    }
  | {
      readonly do: 'edit'
      readonly by: string
      readonly token: number
      readonly name: string
      readonly scopes: readonly string[] | undefined
      readonly resources: 'all' | readonly string[] | undefined
      readonly addresses: readonly string[] | null | undefined
      readonly renewal: RenewalStep
    }
  | {
      readonly do: 'refresh'
      readonly token: number
      readonly retire: 'afterGrace' | 'now'
      readonly grace: number | undefined
      readonly key: string | undefined
      readonly times: number
    }
  | { readonly do: 'approve' | 'decline'; readonly by: string; readonly token: number }
  | { readonly do: 'collect'; readonly by: string; readonly token: number; readonly key: string | undefined }
  /** Whether a plan asks for approvals from now on. */
  | { readonly do: 'rule'; readonly plan: string; readonly isAsking: boolean }
  /** Makes a call while the rules ask for a stronger session than its actor has. */
  | { readonly do: 'weakly'; readonly call: Step }
  /** Sends an earlier call with an idempotency key once more, perhaps with other input. */
  | { readonly do: 'again'; readonly call: number; readonly otherwise: boolean }
  /**
   * Sends a secret, of those that were ever issued or of nobody's, to renew its token; or one that has renewed once more, perhaps with
   * another key, perhaps after the new one was used.
   */
  | { readonly do: 'renew'; readonly secret: number; readonly key: string }
  | { readonly do: 'renewAgain'; readonly call: number; readonly otherwise: boolean; readonly isUsed: boolean }
  | { readonly do: 'preview' | 'revoke'; readonly token: number }
  /** Reports a secret, of those that were ever issued or of nobody's, or says that it was used. */
  | { readonly do: 'revokeSecret' | 'use'; readonly secret: number }
  | { readonly do: 'authorize'; readonly secret: number; readonly line: string }
  | { readonly do: 'plan'; readonly plan: string; readonly tier: string; readonly suspended: boolean }
  | { readonly do: 'move'; readonly what: string; readonly under: string }
  | { readonly do: 'wait'; readonly ms: number }
  /** Puts the clock to one of the ends that lie ahead, or a millisecond beside it. */
  | { readonly do: 'waitTo'; readonly end: number; readonly beside: -1 | 0 | 1 }

/** Whether a token may renew itself: by default, for so many days, or not. */
type RenewalStep = 'on' | 'off' | number | undefined

export const PLANS = { one: '1001', two: '2002' } as const
export const LINES = [...Object.keys(ROUTES), ...CLOSED, ...UNKNOWN]
export const LINKS: { readonly [resource: string]: string } = {
  'file:FileA': 'https://figma.com/design/FileA/Title',
  'file:FileB': 'https://www.figma.com/board/FileB',
  'file:FileZ': 'https://figma.com/slides/FileZ?node-id=1',
  'project:123': 'https://figma.com/files/project/123',
  'project:124': 'https://figma.com/files/team/456/project/124',
  'team:456': 'https://figma.com/files/team/456',
  'workspace:789': 'https://figma.com/files/workspace/789',
}
const SCOPES = [
  ...['file_content:read', 'files:read', 'file_comments:read', 'file_metadata:read', 'projects:read'],
  ...['file_dev_resources:write', 'org:activity_log_read', 'webhooks:read'],
]

const nth = fc.nat({ max: 1_000 })
/** Two admins of both plans. */
export const ADMINS = ['admin-1', 'admin-2'] as const
const by = fc.constantFrom(...ADMINS)
const plan = fc.constantFrom(PLANS.one, PLANS.one, PLANS.one, PLANS.two)
const key = fc.option(fc.constantFrom('key-1', 'key-2'), { nil: undefined, freq: 2 })
const scopes = fc.oneof(
  { weight: 2, arbitrary: fc.constant<readonly string[]>(SCOPES) },
  { weight: 1, arbitrary: fc.subarray(SCOPES, { minLength: 1 }) },
)
const resources = fc.oneof(
  fc.constant<'all' | string[]>('all'),
  fc.subarray(Object.keys(LINKS).slice(0, 7), { minLength: 1, maxLength: 2 }),
  fc.subarray(['file:FileA', 'project:123', 'team:456'], { minLength: 1, maxLength: 2 }),
)
const addresses = fc.option(fc.subarray([HERE, '198.51.100.0/24', '2001:db8::/48'], { minLength: 1 }), {
  nil: undefined,
  freq: 2,
})
const retire = fc.constantFrom('afterGrace', 'afterGrace', 'afterGrace', 'now')

const create = fc.record({
  do: fc.constant('create'),
  by,
  plan,
  days: fc.constantFrom(1, 2, 30, 365),
  byMoment: fc.constantFrom(false, false, true),
  scopes,
  resources,
  addresses,
  renewal: fc.constantFrom(undefined, 'on', 'on', 40),
  key,
})

const edit = fc.record({
  do: fc.constant('edit'),
  by,
  token: nth,
  name: fc.constantFrom('Token', 'Other'),
  scopes: fc.option(scopes, { nil: undefined, freq: 1 }),
  resources: fc.option(resources, { nil: undefined, freq: 1 }),
  addresses: fc.oneof(addresses, fc.constant(undefined), fc.constant(null)),
  renewal: fc.constantFrom(undefined, undefined, undefined, 'on', 'off', 40),
})

const refresh = fc.record({
  do: fc.constant('refresh'),
  token: nth,
  retire,
  grace: fc.constantFrom(undefined, undefined, undefined, 0, 1, 24),
  key,
  times: fc.constantFrom(1, 1, 1, 1, 2, 11),
})

const decision = fc.record({ do: fc.constantFrom('approve', 'approve', 'approve', 'decline'), by, token: nth })
const collect = fc.record({ do: fc.constant('collect'), by, token: nth, key })
const revoke = fc.record({ do: fc.constant('revoke'), token: nth })

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: create },
  { weight: 8, arbitrary: edit },
  { weight: 10, arbitrary: refresh },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('again'), call: nth, otherwise: fc.constantFrom(false, false, true) }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('renew'), secret: nth, key: fc.constantFrom('key-1', 'key-2', 'key-3') }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('renewAgain'), call: nth, otherwise: fc.boolean(), isUsed: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('preview'), token: nth }) },
  { weight: 8, arbitrary: decision },
  { weight: 8, arbitrary: collect },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('rule'), plan, isAsking: fc.constantFrom(true, true, false) }) },
  { weight: 2, arbitrary: revoke },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('weakly'),
      call: fc.oneof(create, edit, refresh, decision, collect, revoke),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('revokeSecret'), secret: nth }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('use'), secret: nth }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('authorize'), secret: nth, line: fc.constantFrom(...LINES) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('plan'),
      plan,
      tier: fc.constantFrom('organization', 'enterprise', 'enterprise', 'starter'),
      suspended: fc.constantFrom(false, false, false, true),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.oneof(
      fc.record({
        do: fc.constant('move'),
        what: fc.constantFrom('file:FileA', 'file:FileB', 'file:FileZ'),
        under: fc.constantFrom('project:123', 'project:124', 'project:923'),
      }),
      fc.record({
        do: fc.constant('move'),
        what: fc.constantFrom('project:123', 'project:124'),
        under: fc.constantFrom('team:456', 'team:457', 'plan:1001', 'plan:2002'),
      }),
    ),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('wait'),
      ms: fc.constantFrom(1, 999, HOUR, 23 * HOUR, DAY - 1, DAY, DAY + 1, 29 * DAY),
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('waitTo'), end: nth, beside: fc.constantFrom(-1, 0, 1) }) },
) as fc.Arbitrary<Step>

/** A token that is there already when its plan begins to ask for approvals: without it there is seldom an edit that waits. */
const beginning = create.map((made): Step[] => [
  { ...made, plan: PLANS.one } as Step,
  { do: 'rule', plan: PLANS.one, isAsking: true },
])

/** A walk of at most so many steps. */
export const walkOf = (steps: number): fc.Arbitrary<Step[]> =>
  fc
    .tuple(
      fc.oneof(fc.constant<Step[]>([]), fc.constant<Step[]>([]), beginning),
      fc.array(step, { minLength: 1, maxLength: steps, size: 'max' }),
    )
    .map(([first, rest]) => [...first, ...rest])
