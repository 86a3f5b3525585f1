/**
 * Figma's policy against the published `@figma/rest-api-spec`: paths, methods, scopes and openness to plan access tokens, in
 * both directions. Each difference that is meant has a name, which is its option and a row of docs/figma-conformance.md.
 */
import { figmaPolicy } from 'plan-access-tokens/figma'
import { describe, expect, test } from 'vitest'
import {
  type Difference,
  differences,
  endpointOf,
  type OpenApi,
  operationsOfPolicy,
  operationsOfSpec,
  readPublishedSpec,
  type SpecOperation,
  sourcesOf,
  specOperations,
} from './figma-spec.ts'
import { headings, page, tableBelow } from './page.ts'

const LOCAL = 'GET /v1/files/{file_key}/variables/local'
const PUBLISHED = 'GET /v1/files/{file_key}/variables/published'
const PAYMENTS = 'GET /v1/payments'
const DISCOVERY = 'GET /v1/discovery'
const CODE_CONNECT = [
  'POST /v1/code_connect',
  'DELETE /v1/code_connect',
  'GET /v1/code_connect/{file_key}/cli_data',
  'POST /v1/code_connect/preview_snippets',
  'POST /v1/code_connect/name_embeddings',
]

/** The differences that are meant, by the option that makes them. */
const NAMED = {
  variablesRead: [
    { route: LOCAL, what: 'openness' },
    { route: PUBLISHED, what: 'openness' },
  ],
  discovery: [{ route: DISCOVERY, what: 'only_in_policy' }],
} as const satisfies { readonly [option: string]: readonly Difference[] }

/** Known and closed, whatever the options are, since a program of Figma's calls them. */
const CALLED: readonly Difference[] = CODE_CONNECT.map((route) => ({ route, what: 'only_in_policy' }))
/** In the order in which they are reported. */
const sorted = (list: readonly Difference[]) => [...list].sort((a, b) => (a.route < b.route ? -1 : 1))
const UNDOCUMENTED = sorted([...NAMED.discovery, ...CALLED])
const MEANT = sorted([...UNDOCUMENTED, ...NAMED.variablesRead])

const published = readPublishedSpec()
const spec = operationsOfSpec(published)
const compare = (document: OpenApi, policy = figmaPolicy()) =>
  differences(operationsOfSpec(document), operationsOfPolicy(policy.data))

describe('the published package', () => {
  test('is the version that the policy was written from', () => {
    expect(published.info.version).toBe('0.43.0')
  })

  test('has 54 operations, 44 of them open to plan access tokens', () => {
    expect(spec.size).toBe(54)
    expect([...spec.values()].filter(({ open }) => open)).toHaveLength(44)
  })
})

describe('the policy', () => {
  test('agrees with the spec in paths, methods, scopes and openness, save for the differences that are named', () => {
    expect(compare(published)).toEqual(MEANT)
  })

  test('agrees in all but the routes that it lacks once variablesRead follows the spec', () => {
    expect(compare(published, figmaPolicy({ variablesRead: 'closed' }))).toEqual(UNDOCUMENTED)
  })

  test('keeps the route of discovery, closed or not, since the spec says nothing of it', () => {
    const policy = figmaPolicy({ discovery: 'closed' })
    expect(compare(published, policy)).toEqual(MEANT)
    expect(operationsOfPolicy(policy.data).get(DISCOVERY)?.open).toBe(false)
  })

  test('parts from the spec in payments only where payments is open', () => {
    const opened = compare(published, figmaPolicy({ payments: 'open' }))
    expect(opened.filter((difference) => !MEANT.some(({ route }) => route === difference.route))).toEqual([
      { route: PAYMENTS, what: 'openness' },
    ])
  })

  test('has the same differences whether endpointTiers is enforced or not', () => {
    expect(compare(published, figmaPolicy({ endpointTiers: 'enforce' }))).toEqual(MEANT)
  })

  test('enforces a tier on every operation whose description speaks of enterprise plans', () => {
    const { data } = figmaPolicy({ endpointTiers: 'enforce' })
    const enterprise = [...specOperations(published)].filter(([, { description }]) =>
      /enterprise/i.test(description ?? ''),
    )
    expect(enterprise.map(([route]) => route)).toEqual([LOCAL, PUBLISHED, 'POST /v1/files/{file_key}/variables'])
    for (const [route] of enterprise) expect(endpointOf(data, route).tiers).toEqual(['enterprise'])
  })

  test('knows every scope of the spec, and no other but those that are documented elsewhere', () => {
    const { scopes, reserved = {} } = figmaPolicy().data
    const known = new Set([...Object.keys(scopes), ...Object.keys(reserved)])
    const used = new Set([...spec.values()].flatMap((operation) => operation.scopes))
    expect([...used].filter((scope) => !known.has(scope))).toEqual([])
    expect([...known].filter((scope) => !used.has(scope)).sort()).toEqual([
      'file_code_connect:write',
      'org:discovery_read',
      'selections:read',
    ])
  })
})

describe('docs/figma-conformance.md', () => {
  const rows = new Map(tableBelow('Where the page and the spec differ').map((cells) => [cells[0], cells.join(' ')]))

  test.each(['variablesRead', 'payments', 'discovery', 'endpointTiers'])('has a row for the option %s', (option) => {
    expect([...rows.keys()]).toContain(`\`${option}\``)
  })

  test('has no row for an option that does not exist', () => {
    expect(rows.size).toBe(4)
  })

  test.each(Object.entries(NAMED))('names in the row of %s the routes that differ', (option, named) => {
    for (const { route } of named) expect(rows.get(`\`${option}\``)).toContain(`\`${route}\``)
  })

  test('names the route of payments in its row', () => {
    expect(rows.get('`payments`')).toContain(`\`${PAYMENTS}\``)
  })

  test('has the heading that docstrings point to', () => {
    expect(headings).toContain('Refresh')
  })

  test('names the families whose refusals of a token have another shape in the spec', () => {
    const families = [...specOperations(published).values()].flatMap(({ tags, responses }) =>
      [responses['401'], responses['403']].some((answer) => answer?.$ref?.endsWith('WithErrorBoolean')) ? tags : [],
    )
    const [sentence = ''] = /In the spec, (.*) refuse a token with/.exec(page) ?? []
    const said = sentence.slice('In the spec, '.length, -' refuse a token with'.length).split(/, | and /)
    const names = [...new Set(families)].map((family) => family.toLowerCase().replace('ai ', 'AI '))
    expect(said.sort()).toEqual(names.sort())
  })

  test('counts the operations of each family as the spec does', () => {
    const { data } = figmaPolicy()
    const counts = new Map<string, [number, number, number]>()
    for (const [route, { tags }] of specOperations(published)) {
      const [family = ''] = tags
      const [all, openInSpec, open] = counts.get(family) ?? [0, 0, 0]
      const isOpen = endpointOf(data, route).closed === undefined
      counts.set(family, [all + 1, openInSpec + Number(spec.get(route)?.open), open + Number(isOpen)])
    }
    const said = tableBelow('The endpoints, counted').map(([family, ...numbers]) => [family, numbers.map(Number)])
    expect(said).toEqual([
      ...[...counts].map(([family, numbers]) => [family, numbers]),
      ['Discovery, not in the spec', [0, 0, 1]],
      ['Code Connect, not in the spec', [0, 0, 0]],
      ['All', [54, 44, 47]],
    ])
  })
})

describe('the comparison bites', () => {
  const ROUTE = 'GET /v1/files/{file_key}'
  const changed = (change: (operation: SpecOperation, document: OpenApi) => void): readonly Difference[] => {
    const document = readPublishedSpec()
    change(document.paths['/v1/files/{file_key}']?.get as SpecOperation, document)
    return compare(document).filter(({ route }) => !MEANT.some((meant) => meant.route === route))
  }

  test('when nothing is changed it reports nothing further', () => {
    expect(changed(() => undefined)).toEqual([])
  })

  test('on a path that is removed', () => {
    expect(changed((_, { paths }) => delete paths['/v1/files/{file_key}'])).toEqual([
      { route: ROUTE, what: 'only_in_policy' },
    ])
  })

  test('on an operation that is new', () => {
    const found = changed((operation, { paths }) => (paths['/v3/files/{file_key}'] = { get: operation }))
    expect(found).toEqual([{ route: 'GET /v3/files/{file_key}', what: 'only_in_spec' }])
  })

  test('on a method that is new', () => {
    const found = changed((operation, { paths }) => ((paths['/v1/files/{file_key}'] ?? {}).patch = operation))
    expect(found).toEqual([{ route: 'PATCH /v1/files/{file_key}', what: 'only_in_spec' }])
  })

  test('on a parameter that is renamed', () => {
    const found = changed((operation, { paths }) => {
      delete paths['/v1/files/{file_key}']
      paths['/v1/files/{key}'] = { get: operation }
    })
    expect(found).toEqual([
      { route: ROUTE, what: 'only_in_policy' },
      { route: 'GET /v1/files/{key}', what: 'only_in_spec' },
    ])
  })

  test.each([
    ['added', ['file_content:read', 'files:read', 'file_metadata:read']],
    ['removed', ['file_content:read']],
    ['renamed', ['file_contents:read', 'files:read']],
  ])('on a scope that is %s', (_, scopes) => {
    const found = changed((operation) => {
      operation.security = [{ PersonalAccessToken: [] }, { PlanAccessToken: [] }, { OAuth2: scopes }]
    })
    expect(found).toEqual([{ route: ROUTE, what: 'scopes' }])
  })

  test('on an operation that is closed to plan access tokens', () => {
    const found = changed((operation) => {
      operation.security = operation.security.filter((requirement) => !('PlanAccessToken' in requirement))
    })
    expect(found).toEqual([{ route: ROUTE, what: 'openness' }])
  })

  test('on an operation that is opened to them', () => {
    const found = changed((_, { paths }) => paths['/v1/me']?.get?.security.push({ PlanAccessToken: [] }))
    expect(found).toEqual([{ route: 'GET /v1/me', what: 'openness' }])
  })

  test('on the scope of an operation that has no OAuth requirement', () => {
    const found = changed((_, { paths }) => {
      const operation = paths['/v1/developer_logs']?.post as { description: string }
      operation.description = operation.description.replace('org:developer_log_read', 'org:other_read')
    })
    expect(found).toEqual([{ route: 'POST /v1/developer_logs', what: 'scopes' }])
  })

  test('on a security scheme, two at once or a member of a path that the reader does not know, by throwing', () => {
    expect(() => changed((operation) => operation.security.push({ Session: [] }))).toThrow(/does not know/)
    expect(() => changed((operation) => operation.security.push({ OAuth2: [], PlanAccessToken: [] }))).toThrow(
      /does not know/,
    )
    expect(() => changed((operation, { paths }) => ((paths['/v1/me'] ?? {}).query = operation))).toThrow(
      /does not know/,
    )
  })
})

describe('what an operation can name', () => {
  /** Values that look like a resource's and are none, with the reason. */
  const NOT_OF_A_PLAN: { readonly [source: string]: string } = {
    'path:comment_id': 'a comment of the file that the path names',
    'body:comment_id': 'the same',
    'query:ids': 'nodes inside the file that the path names',
    'query:node_ids': 'the same',
    'body:dev_resources[].node_id': 'the same',
    'query:svg_include_id': 'whether ids are written into an image',
    'query:svg_include_node_id': 'the same',
    'query:user_id': 'a person, of the closed payments endpoint',
    'query:community_file_id': "the community's, of the closed payments endpoint",
    'query:plugin_id': 'the same',
    'query:widget_id': 'the same',
  }
  const LOOKS_LIKE_ONE = /(^|[_.:])(ids?|keys?|files?|teams?|projects?|folders?|workspaces?|plan|org)(_|$)/

  test('is named by the policy, or listed here with the reason why not', () => {
    const { data } = figmaPolicy()
    const overlooked = [...specOperations(published)].flatMap(([route, operation]) => {
      const named = JSON.stringify(endpointOf(data, route).names)
      return sourcesOf(operation)
        .filter((source) => LOOKS_LIKE_ONE.test(source) && !named.includes(JSON.stringify(source)))
        .filter((source) => !Object.hasOwn(NOT_OF_A_PLAN, source))
        .map((source) => `${route}: ${source}`)
    })
    expect(overlooked).toEqual([])
  })

  test('is read from where the spec has it', () => {
    const operations = specOperations(published)
    for (const [route, { names }] of Object.entries(figmaPolicy().data.endpoints)) {
      const operation = operations.get(route)
      const sources = [...JSON.stringify(names).matchAll(/"((?:path|query|body):[^"]+)"/g)].map((match) => match[1])
      for (const source of sources)
        if (!CODE_CONNECT.includes(route)) expect(operation && sourcesOf(operation), route).toContain(source)
    }
  })
})
