/**
 * The API of the differential test: free parameters beside literals, and resources in the path, the query and the body. What a
 * handler of each route would act on stands beside it, so that it can be held against what was judged.
 */
import { createPlanTokens, definePolicy, memoryStore, type PlanTokens } from 'plan-access-tokens'
import { testDirectory } from 'plan-access-tokens/testing'

/** A value that a handler acts on: a resource of a kind, where it finds its id. */
interface Act {
  readonly kind: string
  readonly from: 'path' | 'query' | 'body'
  /** The name of a parameter, or the way to a field: `items[].file`. */
  readonly field: string
}

/** A route, its parameters named as the policy names them. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly acts: readonly Act[]
}

const file: Act = { kind: 'file', from: 'path', field: 'file' }

export const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/reports/billing', acts: [] },
  { method: 'GET', path: '/reports/books/export', acts: [] },
  { method: 'GET', path: '/reports/:name', acts: [] },
  { method: 'GET', path: '/reports/:name/:part', acts: [] },
  { method: 'POST', path: '/reports/purge', acts: [] },
  { method: 'POST', path: '/reports/:name', acts: [] },
  { method: 'GET', path: '/users/export', acts: [] },
  { method: 'GET', path: '/:area/export', acts: [] },
  { method: 'GET', path: '/files/:file', acts: [file] },
  { method: 'DELETE', path: '/files/:file', acts: [file] },
  { method: 'GET', path: '/files/:file/versions/:version', acts: [file] },
  {
    method: 'GET',
    path: '/hooks',
    acts: [
      { kind: 'team', from: 'query', field: 'team_id' },
      { kind: 'project', from: 'query', field: 'project_id' },
    ],
  },
  { method: 'GET', path: '/notes', acts: [{ kind: 'team', from: 'query', field: 'team_id' }] },
  { method: 'POST', path: '/hooks', acts: [{ kind: 'team', from: 'body', field: 'team_id' }] },
  {
    method: 'POST',
    path: '/copies/:file',
    acts: [file, { kind: 'file', from: 'body', field: 'template' }],
  },
  {
    method: 'POST',
    path: '/moves',
    acts: [
      { kind: 'project', from: 'body', field: 'to.project_id' },
      { kind: 'file', from: 'body', field: 'items[].file' },
    ],
  },
]

const policy = definePolicy({
  surface: 'differential',
  credential: { headers: ['x-api-token'], bearer: true },
  tiers: ['team'],
  scopes: { use: {}, billing: {} },
  types: { live: { prefix: 'diff' } },
  kinds: { team: { id: 'integer' }, project: { parents: ['team'] }, file: { parents: ['project'] } },
  links: { hosts: ['app.test'], shapes: ['/teams/{team}'] },
  endpoints: {
    'GET /reports/billing': { scopes: ['billing'], names: 'nothing' },
    'GET /reports/books/export': { scopes: ['billing'], names: 'nothing' },
    'GET /reports/{name}': { scopes: ['use'], names: 'nothing', params: { name: 'any' } },
    'GET /reports/{name}/{part}': { scopes: ['use'], names: 'nothing', params: { name: 'any', part: 'any' } },
    'POST /reports/purge': { scopes: ['use'], names: 'nothing', closed: 'it needs a person' },
    'POST /reports/{name}': { scopes: ['use'], names: 'nothing', params: { name: 'any' } },
    'GET /users/export': { scopes: ['billing'], names: 'nothing' },
    'GET /{area}/export': { scopes: ['use'], names: 'nothing', params: { area: 'any' } },
    'GET /files/{file}': { scopes: ['use'], names: [{ kind: 'file', at: 'path:file' }] },
    'DELETE /files/{file}': { scopes: ['use'], names: [{ kind: 'file', at: 'path:file' }] },
    'GET /files/{file}/versions/{version}': {
      scopes: ['use'],
      names: [{ kind: 'file', at: 'path:file' }],
      params: { version: 'any' },
    },
    'GET /hooks': {
      scopes: ['use'],
      names: {
        anyOf: [
          { kind: 'team', at: 'query:team_id' },
          { kind: 'project', at: 'query:project_id' },
        ],
        none: 'refuse',
      },
    },
    'GET /notes': { scopes: ['use'], names: { anyOf: [{ kind: 'team', at: 'query:team_id' }], none: 'plan' } },
    'POST /hooks': { scopes: ['use'], names: [{ kind: 'team', at: 'body:team_id' }] },
    'POST /copies/{file}': {
      scopes: ['use'],
      names: {
        anyOf: [
          { kind: 'file', at: 'path:file' },
          { kind: 'file', at: 'body:template' },
        ],
        none: 'refuse',
      },
    },
    'POST /moves': {
      scopes: ['use'],
      names: [
        { kind: 'project', at: 'body:to.project_id' },
        { kind: 'file', at: 'body:items[].file' },
      ],
    },
  },
})

/** An engine with two tokens of a plan: one for team 7 alone, one for all. Team 8 is the plan's too, file EVE another plan's. */
export interface Api {
  readonly tokens: PlanTokens
  readonly limited: string
  readonly all: string
}

export async function newApi(): Promise<Api> {
  const directory = testDirectory({
    1001: {
      tier: 'team',
      admins: ['ada'],
      resources: {
        'team:7': { 'project:123': { 'file:ABC': {}, 'file:Abk': {} } },
        'team:8': { 'project:9': { 'file:DEF': {} } },
      },
    },
    2002: { tier: 'team', admins: ['bob'], resources: { 'team:5': { 'project:55': { 'file:EVE': {} } } } },
  })
  const tokens = createPlanTokens({ policy, store: memoryStore(), directory })
  const wish = { actor: 'ada', planId: '1001', type: 'live', name: 'Token', lifetimeDays: 90, scopes: ['use'] } as const
  const limited = await tokens.create({ ...wish, resources: ['https://app.test/teams/7'] })
  const all = await tokens.create({ ...wish, resources: 'all' })
  return { tokens, limited: limited.secret.reveal(), all: all.secret.reveal() }
}
