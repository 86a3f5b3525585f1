/**
 * The rules of an invoicing service: what a token can be allowed to do (scopes), what it can be limited to (projects and
 * invoices, by the links that people paste), and what each endpoint asks for. Data only; policy.test.ts shows what it does.
 */
import { definePolicy } from 'plan-access-tokens'

export const invoicesPolicy = definePolicy({
  surface: 'invoices',
  credential: { headers: [], bearer: true },
  tiers: ['team', 'business'],
  limits: { lifetimeDays: 90 },
  scopes: {
    'invoice:read': { title: 'Read projects and invoices' },
    'invoice:write': { title: 'Write and send invoices' },
  },
  types: {
    live: { prefix: 'inv', title: 'Server' },
    ci: { prefix: 'invci', title: 'Build pipeline', scopes: ['invoice:read'] },
  },
  kinds: {
    project: { id: 'digits', max: 12 },
    invoice: { id: 'base62', max: 24, parents: ['project'] },
  },
  links: { hosts: ['app.invoices.test'], shapes: ['/p/{project}', '/p/{project}/i/{invoice}'] },
  endpoints: {
    'GET /projects/{project}': { scopes: ['invoice:read'], names: [{ kind: 'project', at: 'path:project' }] },
    'GET /invoices/{invoice}': {
      scopes: ['invoice:read', 'invoice:write'],
      names: [{ kind: 'invoice', at: 'path:invoice' }],
    },
    'PATCH /projects/{project}/invoices/{invoice}': {
      scopes: ['invoice:write'],
      names: [
        { kind: 'project', at: 'path:project' },
        { kind: 'invoice', at: 'path:invoice', within: 'path:project' },
      ],
    },
    'POST /invoices': { scopes: ['invoice:write'], names: [{ kind: 'project', at: 'body:project_id' }] },
    'POST /reminders': { scopes: ['invoice:write'], names: [{ kind: 'invoice', at: 'body:invoices[].id' }] },
    'GET /reports/{year}': { scopes: ['invoice:read'], names: 'plan', params: { year: 'digits' }, tiers: ['business'] },
    'GET /currencies': { scopes: [], names: 'nothing' },
    'DELETE /projects/{project}': {
      scopes: ['invoice:write'],
      names: [{ kind: 'project', at: 'path:project' }],
      closed: 'a project is deleted by a person',
    },
  },
})
