/** A small API of folders and notes that the tests of the testing helpers share. */
import { createPlanTokens, definePolicy, memoryStore } from 'plan-access-tokens'
import { testClock, testDirectory } from 'plan-access-tokens/testing'

const notes = definePolicy({
  surface: 'notes',
  credential: { headers: ['x-note-key'], bearer: true },
  tiers: ['organization'],
  scopes: { 'note:read': {}, 'note:write': {} },
  types: { key: { prefix: 'note' } },
  kinds: { folder: { id: 'digits' }, note: { id: 'base62', parents: ['folder'] } },
  links: { hosts: ['notes.test'], shapes: ['/f/{folder}', '/f/{folder}/n/{note}'] },
  endpoints: {
    'GET /notes/{id}': { scopes: ['note:read'], names: [{ kind: 'note', at: 'path:id' }] },
    'PUT /notes/{id}': { scopes: ['note:write'], names: [{ kind: 'note', at: 'path:id' }] },
    'POST /notes': { scopes: ['note:read'], names: [{ kind: 'folder', at: 'body:folder' }] },
  },
})

/** What `create` takes for a token that reads everything. */
export const reading = {
  actor: 'ada',
  planId: 'acme',
  type: 'key',
  name: 'Reader',
  lifetimeDays: 30,
  scopes: ['note:read'],
  resources: 'all',
} as const

/** A fresh engine with its clock and directory. */
export function notesApi() {
  const clock = testClock()
  const directory = testDirectory({ acme: { admins: ['ada'], resources: { 'folder:1': { 'note:A': {} } } } })
  const tokens = createPlanTokens({ policy: notes, store: memoryStore(), directory, clock })
  return { clock, directory, tokens }
}
