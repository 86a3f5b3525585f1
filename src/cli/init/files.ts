/** The files that `init` writes: policy, directory, engine, test and configuration. The store: init/database.ts; the guard: init/guard.ts. */
import { storeFile } from './database.ts'
import type { Found, IdForm } from './detect.ts'
import { guardFile } from './guard.ts'
import { openApiText } from './openapi.ts'

/** A file to write. */
export interface Draft {
  /** From the folder of the project. */
  readonly file: string
  readonly what: string
  readonly text: string
}

/** Where they go. */
export const FOLDER = 'tokens'

/** Two ids of each form, for the test. */
const SAMPLES: { readonly [I in IdForm]: readonly [string, string] } = {
  integer: ['12', '34'],
  bigint: ['12', '34'],
  uuid: ['6f1c2a34-8d0b-4c4e-9a55-0d6f5f2b7c11', '0a9e7d52-3b1f-4d68-8c07-5e4d3c2b1a90'],
  name: ['alpha', 'beta'],
}

/** How the directory turns an id into that of the host's tables. */
const OF_TABLES: { readonly [I in IdForm]: string } = {
  integer: 'Number(id)',
  bigint: 'BigInt(id)',
  uuid: 'id',
  name: 'id',
}

/** All files of a project. */
export function draftsOf(found: Found): readonly Draft[] {
  const { ending, importEnding } = found
  const at = (name: string): string => `${FOLDER}/${name}.${ending}`
  const guard = guardFile(found, FOLDER)
  const { openapi } = found
  return [
    { file: at('policy'), what: 'what your API looks like to a token', text: policyText(found) },
    { file: at('directory'), what: 'what your application knows: fill it in', text: directoryText(found) },
    { file: at('store'), what: `where tokens are kept (${found.database})`, text: storeFile(found) },
    { file: at('tokens'), what: 'the engine over the three', text: engineText(importEnding) },
    { file: guard.file, what: `the guard (${found.framework})`, text: guard.text },
    ...(openapi === undefined
      ? []
      : [{ file: at('openapi'), what: `what ${openapi} is to a token`, text: openApiText(found, openapi, FOLDER) }]),
    { file: testName(found), what: 'a first test of the policy', text: testText(found) },
    { file: `plan-access-tokens.config.${ending}`, what: 'for this command line', text: configText(importEnding) },
  ]
}

/** Letters and digits of a name, for prefixes and hosts. */
export function wordOf(name: string): string {
  const word = name
    .replace(/^@[^/]*\//, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')
  return (/^[a-z]/.test(word) ? word : `app${word}`).slice(0, 24)
}

function policyText({ name, ids, ending, openapi }: Found): string {
  const word = wordOf(name)
  const noted =
    openapi === undefined
      ? ''
      : `\n *\n * The operations of ${openapi} are not in it yet: see openapi.${ending} beside it.`
  return `/**
 * What your API looks like to a token: its scopes, the resources that it names and its endpoints. All that is not written here is
 * refused. docs/policy.md of plan-access-tokens has every field.${noted}
 */
import { definePolicy } from 'plan-access-tokens'

export const policy = definePolicy({
  surface: '${word}',
  credential: { headers: [], bearer: true },
  tiers: ['standard'],
  scopes: { 'project:read': { title: 'Read projects' } },
  types: { api: { prefix: '${word}', title: 'API' } },
  kinds: { project: { id: '${ids}' } },
  links: { hosts: ['app.example.com'], shapes: ['/projects/{project}'] },
  endpoints: {
    'GET /v1/projects/{project}': { scopes: ['project:read'], names: [{ kind: 'project', at: 'path:project' }] },
  },
})
`
}

function directoryText({ ids, isTypeScript }: Found): string {
  const doc = isTypeScript ? '' : "\n *\n * @type {import('plan-access-tokens').Directory}"
  const typed = isTypeScript ? ': Directory' : ''
  const own = OF_TABLES[ids]
  const unused = isTypeScript ? '_' : ''
  return `/**
 * What your application knows: which plans there are, who their admins are, and in which plan a resource lies. Until it is filled in
 * there is nothing, and every request is refused. Ids are text here: give String(row.id)${own === 'id' ? '' : `, and ask your tables with ${own}`}.${doc}
 */
${isTypeScript ? "import type { Directory } from 'plan-access-tokens'\n\n" : ''}export const directory${typed} = {
  /** The plan: { id, tier, suspended }, or undefined if there is none. */
  async plan(${unused}planId) {
    return undefined
  },
  /** Whether this person may manage the tokens of this plan. */
  async isPlanAdmin(${unused}actor, ${unused}planId) {
    return false
  },
  /** In which plan a resource lies, and everything above it, nearest first: { planId, ancestors }, or undefined. */
  async locate({ kind${isTypeScript ? ': _kind' : ''}, id${isTypeScript ? ': _id' : ''} }) {
    return undefined
  },
}
`
}

function engineText(end: string): string {
  return `/** The engine: what issues tokens, and what guards ask. */
import { createPlanTokens } from 'plan-access-tokens'
import { directory } from './directory.${end}'
import { policy } from './policy.${end}'
import { store } from './store.${end}'

export const tokens = createPlanTokens({ policy, store, directory })
`
}

function configText(end: string): string {
  return `/** What npx plan-access-tokens is told of this project (docs/cli.md). Who does it: --actor, or actor here. */
import { defineConfig } from 'plan-access-tokens/config'
import { directory } from './${FOLDER}/directory.${end}'
import { policy } from './${FOLDER}/policy.${end}'
import { database, store } from './${FOLDER}/store.${end}'

export default defineConfig({ policy, store, directory, database, close: () => database.destroy() })
`
}

const testName = ({ ending }: Found): string => `${FOLDER}/policy.test.${ending}`

function testText({ runner, ids, importEnding }: Found): string {
  const [one, other] = SAMPLES[ids]
  const imports = {
    node: "import assert from 'node:assert/strict'\nimport { test } from 'node:test'\n",
    vitest: "import { expect, test } from 'vitest'\n",
    jest: "import { expect, test } from '@jest/globals'\n",
  }[runner]
  const same = (a: string, b: string): string =>
    runner === 'node' ? `assert.equal(${a}, ${b})` : `expect(${a}).toBe(${b})`
  return `/** What the policy lets through and what it refuses, with a directory and a store of the test's own. */
${imports}import { createPlanTokens, memoryStore } from 'plan-access-tokens'
import { requestWith, testDirectory } from 'plan-access-tokens/testing'
import { policy } from './policy.${importEnding}'

const directory = testDirectory({
  acme: { tier: 'standard', admins: ['ann'], resources: { 'project:${one}': {}, 'project:${other}': {} } },
})
const tokens = createPlanTokens({ policy, store: memoryStore(), directory })

test('a token reaches the project that it is limited to, and no other', async () => {
  const { secret } = await tokens.create({
    actor: 'ann',
    planId: 'acme',
    type: 'api',
    name: 'Test',
    lifetimeDays: 1,
    scopes: ['project:read'],
    resources: ['https://app.example.com/projects/${one}'],
  })
  const own = await tokens.authorize(requestWith(secret, 'GET /v1/projects/${one}'))
  const other = await tokens.authorize(requestWith(secret, 'GET /v1/projects/${other}'))
  ${same('own.allowed', 'true')}
  ${same("other.allowed ? 'allowed' : other.code", "'resource_not_allowed'")}
})
`
}
