/**
 * What a request of the management API may say: the schemas of the engine's own input (service/input.ts), without what stands in
 * the path or in a header, and the few fields that only this API has. The same schemas make the OpenAPI document
 * (admin/openapi.ts). What is answered: admin/answers.ts.
 */
import * as z from 'zod/mini'
import { APPROVAL_INPUTS } from '../service/approval-input.ts'
import { EXPORT_INPUT } from '../service/export-events.ts'
import { INPUTS } from '../service/input.ts'
import { USAGE_INPUTS } from '../service/usage-input.ts'
import { told } from './told.ts'

const { create, list, edit, previewRefresh, refresh, revoke, previewRevoke, revokeMany, events, askByUrl, askByRoute } =
  INPUTS
told(create.shape.name, '1 to 100 characters after trimming.')
told(create.shape.description, 'Up to 1,000 characters.')
/** What the engine reads with the policy at hand. */
const ofPolicy = {
  type: z.string(),
  lifetimeDays: told(z.exactOptional(z.number()), 'Whole days of 24 hours; or `expiresAt`.'),
  expiresAt: told(z.exactOptional(z.number()), 'Epoch milliseconds; instead of `lifetimeDays`.'),
  scopes: told(z.array(z.string()), 'At least one; empty for a type whose scopes are fixed.'),
  resources: told(
    z.union([z.literal('all'), z.array(z.string())], 'must be "all" or a list of links.'),
    'Every resource of the plan, or links to some of them.',
  ),
}
const addresses = told(
  z.array(z.string()),
  'The addresses and networks that it may be used from, such as `203.0.113.0/24`, 1 to 100.',
)
const from = { addresses: z.exactOptional(addresses) }
const ofRefresh = {
  graceHours: told(
    z.exactOptional(z.number()),
    "For how many hours the newest secret goes on working, 0 to the policy's grace. Not with `retirePrevious: now`.",
  ),
}
const words = z.record(z.string(), z.string(), 'must be an object.')
const contact = 'Whom to ask: an address, or the name of a team. Up to 200 characters; empty for nobody.'
/** What of a new token the engine judges and the document could not tell. */
const ofNew = {
  metadata: told(
    z.exactOptional(words),
    'Up to 50 words of your own: keys of 1 to 40 characters, values of up to 500.',
  ),
}
const changed = {
  metadata: told(
    z.exactOptional(z.nullable(z.record(z.string(), z.nullable(z.string()), 'must be an object.'))),
    'Merged with what the token has: a key with `null` goes, one that is not named stays; `null` takes all.',
  ),
  contact: told(z.exactOptional(z.nullable(z.string())), `${contact} So is \`null\`.`),
  scopes: z.exactOptional(ofPolicy.scopes),
  resources: z.exactOptional(ofPolicy.resources),
  addresses: told(z.exactOptional(z.nullable(addresses)), '`null`: it may be used from anywhere.'),
}
told(create.shape.contact, contact)
told(list.shape.metadataKey, 'Those that have a word of this key, whichever it is.')
told(create.shape.selfRenewal, 'Whether it may renew itself. Default `false`.')
told(
  create.shape.renewUntil,
  'Epoch milliseconds: until when it may, and lives at most by it. Default: a year after the last act of an admin.',
)
told(edit.shape.selfRenewal, 'Whether it may renew itself; `null` as `false`. `true` starts its default term again.')
told(edit.shape.renewUntil, '`null`: by default again.')
told(create.shape.canary, 'Makes a canary, which stays one: nothing is let through with it, and its use is told.')
told(list.shape.limit, 'Entries of a page. Default 50.')
told(events.shape.limit, 'Entries of a page. Default 50.')
told(EXPORT_INPUT.shape.limit, 'Events of a part, at most. Default 1,000.')
told(EXPORT_INPUT.shape.after, 'The cursor of the part before, from its `Link`.')
told(list.shape.after, 'The `next` of the page before.')
told(events.shape.after, 'The `next` of the page before.')
told(list.shape.search, 'Part of a name or a description, or a whole id.')
told(list.shape.order, 'Default `newest`.')
told(events.shape.order, 'Default `oldest`.')
told(
  refresh.shape.retirePrevious,
  '`afterGrace` (default): the newest secret works 24 hours more, or as long as the policy says. `now`: every earlier one ends at once.',
)
told(revoke.shape.reason, 'Why, 1 to 1,000 characters on one line, for the audit log.')
told(revoke.shape.receipt, '`true`: the answer holds a receipt beside the token.')
const { decline } = APPROVAL_INPUTS
told(decline.shape.reason, 'Why, 1 to 1,000 characters on one line, for the audit log.')
told(askByUrl.shape.url, 'A path with its query.')
told(askByRoute.shape.route, 'A route of the policy, such as `GET /v1/files/{file_key}`.')

/** In a query `metadata[team]=billing`, once for each word. */
const ofList = { metadata: told(z.exactOptional(words), 'Those that have all of these words, to the letter.') }

const { advice, unused } = USAGE_INPUTS
told(advice.shape.window, 'How many days are looked at, up to today. Default 90.')
told(unused.shape.limit, 'Entries of a page. Default 50.')
told(unused.shape.after, 'The `next` of the page before.')

const { filter } = revokeMany.shape
told(filter.shape.ids, 'These and no others, 1 to 1,000. What else the filter says has to fit too.')
told(filter.shape.expiresBefore, 'Epoch milliseconds: active ones that end before it.')
told(filter.shape.createdBy, 'The actor who made them.')
told(filter.shape.scope, 'Those that were granted it, or hold it by the policy of today.')
told(filter.shape.status, 'Default `active`.')
told(
  filter.shape.canary,
  '`true`: canaries alone; `false`: none. Default: those that are picked by `ids` and no others.',
)
told(previewRevoke.shape.limit, 'How many of the tokens are shown. Default 50.')
told(revokeMany.shape.limit, 'How many tokens a call ends. Default 500.')
told(revokeMany.shape.stamp, 'The `stamp` of the preview: what it did not count is left alone.')
told(revokeMany.shape.after, 'The `next` of the call before.')
told(revokeMany.shape.reason, 'Why, 1 to 1,000 characters on one line, for the audit log of each token.')
const ofFilter = { filter: told(z.extend(filter, ofList), 'That of the preview.') }
/** Only a body has room for the ids. */
const { ids: _, ...inQuery } = filter.shape

/** What a request may say in its query, by call. */
export const QUERIES = {
  advice: z.omit(advice, { actor: true, id: true }),
  unused: z.omit(unused, { actor: true, planId: true }),
  list: z.extend(z.omit(list, { actor: true, planId: true }), ofList),
  events: z.omit(events, { actor: true, planId: true }),
  exportEvents: z.omit(EXPORT_INPUT, { actor: true, planId: true }),
  previewRevoke: z.strictObject({ ...inQuery, ...ofList, limit: previewRevoke.shape.limit }),
  previewRefresh: z.extend(z.omit(previewRefresh, { actor: true, id: true }), ofRefresh),
}

const params = z.exactOptional(z.record(z.string(), z.string()))
const address = told(z.exactOptional(z.string()), 'Where the request would come from. Default: nobody knows.')
const surface = told(z.exactOptional(z.string()), 'Default: the first surface of `GET /policies`.')

/** What a request may say in its body, by call. */
export const BODIES = {
  links: z.strictObject({
    text: told(z.string(), 'What a person pasted.'),
    surface,
    planId: told(z.exactOptional(z.string()), 'Where the resources have to lie.'),
  }),
  create: z.extend(z.omit(create, { actor: true, planId: true, idempotencyKey: true }), {
    ...ofPolicy,
    ...ofNew,
    ...from,
  }),
  edit: z.extend(z.omit(edit, { actor: true, id: true, version: true }), {
    ...changed,
    description: told(z.exactOptional(z.nullable(edit.shape.description)), '`null` empties it.'),
  }),
  refresh: z.extend(z.omit(refresh, { actor: true, id: true, idempotencyKey: true }), ofRefresh),
  revoke: z.omit(revoke, { actor: true, id: true }),
  decline: z.omit(decline, { actor: true, id: true }),
  previewRevoke: z.extend(z.omit(previewRevoke, { actor: true, planId: true }), {
    filter: told(z.extend(filter, ofList), 'Which tokens. Empty: every active one.'),
  }),
  revokeMany: z.extend(z.omit(revokeMany, { actor: true, planId: true }), ofFilter),
  explainUrl: z.extend(z.omit(askByUrl, { actor: true }), { surface, address }),
  explainRoute: z.extend(z.omit(askByRoute, { actor: true }), { surface, address, params }),
}

/** The fields that the engine judges itself, all at once and with what the policy says of them. */
export const OF_ENGINE: ReadonlySet<unknown> = new Set(
  [
    ...Object.values({ ...INPUTS, ...APPROVAL_INPUTS }).map(({ shape }) => shape),
    EXPORT_INPUT.shape,
    advice.shape,
    unused.shape,
    ofPolicy,
    ofNew,
    from,
    ofRefresh,
    changed,
    ofList,
    ofFilter,
    filter.shape,
    { params },
  ].flatMap((shape) => Object.values<unknown>(shape)),
)
