/** A second, small policy for tests: a registry of packages, with a token type `npm` and one whose scopes are fixed. */
import { definePolicy } from 'plan-access-tokens'

export function packagesPolicy() {
  return definePolicy({
    surface: 'packages',
    credential: { headers: [], bearer: true },
    tiers: ['organization', 'enterprise'],
    limits: { lifetimeDays: 90, links: 2, bodyBytes: 200, resources: 3 },
    scopes: { 'npm:read': {}, 'npm:write': {} },
    types: { npm: { prefix: 'acmenpm' }, ci: { prefix: 'acmeci', fixed: ['npm:read'] } },
    kinds: { group: { id: 'digits' }, package: { max: 512, parents: ['group'] } },
    links: { hosts: ['registry.acme.test'], shapes: ['/p/{package}', '/g/{group}'] },
    endpoints: {
      'GET /p/{package}': { scopes: ['npm:read'], names: [{ kind: 'package', at: 'path:package' }] },
      'PUT /p/{package}': { scopes: ['npm:write'], names: [{ kind: 'package', at: 'path:package' }] },
      'GET /p/{package}/{version}': {
        scopes: ['npm:read'],
        names: [{ kind: 'package', at: 'path:package' }],
        params: { version: 'digits' },
      },
      'POST /tags': { scopes: ['npm:write'], names: [{ kind: 'package', at: 'body:package' }] },
      'POST /bulk': { scopes: ['npm:write'], names: [{ kind: 'package', at: 'body:packages[]' }] },
      'GET /moves': {
        scopes: ['npm:read'],
        names: {
          anyOf: [
            { kind: 'plan', at: 'query:plan' },
            { kind: 'package', at: 'query:package' },
            { kind: 'group', at: 'query:group' },
          ],
          none: 'refuse',
        },
      },
      'GET /report': { scopes: ['npm:read'], names: 'plan', tiers: ['enterprise'] },
      'GET /ping': { scopes: [], names: 'nothing' },
    },
  })
}
