/**
 * `npx tsx examples/custom-store/main.ts`: holds the store in a file against the contract, then uses it: a token that is made
 * and one that is revoked are still that after the file was closed and opened again. Exit status 1 if anything is wrong.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPlanTokens, definePolicy, type PlanTokens, type TokenStore } from 'plan-access-tokens'
import { requestWith, storeContract, testDirectory } from 'plan-access-tokens/testing'
import { openFileStore } from './file-store.ts'

const policy = definePolicy({
  surface: 'notes',
  credential: { headers: [], bearer: true },
  tiers: ['business'],
  scopes: { 'notes:read': {} },
  types: { live: { prefix: 'notes_live' } },
  kinds: { book: { id: 'digits' } },
  links: { hosts: ['notes.example'], shapes: ['/books/{book}'] },
  endpoints: { 'GET /v1/books/{id}': { scopes: ['notes:read'], names: [{ kind: 'book', at: 'path:id' }] } },
})
const directory = testDirectory({ acme: { tier: 'business', admins: ['ada'], resources: { 'book:7': {} } } })
const input = { actor: 'ada', planId: 'acme', type: 'live', name: 'Reader', lifetimeDays: 30 } as const

const folder = await mkdtemp(join(tmpdir(), 'custom-store-'))
try {
  const isRight = (await passesContract()) && (await survivesRestart())
  if (!isRight) process.exitCode = 1
} finally {
  await rm(folder, { recursive: true })
}

async function passesContract(): Promise<boolean> {
  let count = 0
  const create = () => openFileStore(join(folder, `case-${++count}.jsonl`))
  const cases = storeContract({ create, destroy: (store) => store.close() })
  const failures: string[] = []
  for (const { name, run } of cases) await run().catch((error: Error) => failures.push(`${name}\n  ${error.message}`))
  for (const failure of failures) console.log(failure)
  console.log(`${cases.length - failures.length} of ${cases.length} cases of the store contract passed.`)
  return failures.length === 0
}

async function survivesRestart(): Promise<boolean> {
  const path = join(folder, 'tokens.jsonl')
  const engineOver = (store: TokenStore): PlanTokens<typeof policy> => createPlanTokens({ policy, store, directory })
  const before = await openFileStore(path)
  const tokens = engineOver(before)
  const kept = await tokens.create({ ...input, scopes: ['notes:read'], resources: 'all' })
  const revoked = await tokens.create({ ...input, scopes: ['notes:read'], resources: 'all' })
  await tokens.revoke({ actor: 'ada', id: revoked.token.id })
  await before.close()

  const after = await openFileStore(path)
  const again = engineOver(after)
  const answers: string[] = []
  for (const { secret } of [kept, revoked]) {
    const decision = await again.authorize(requestWith(secret, 'GET /v1/books/7'))
    answers.push(decision.allowed ? 'allowed' : decision.code)
  }
  const { events } = await again.events({ actor: 'ada', planId: 'acme' })
  await after.close()
  console.log(
    `After a restart the token that was kept is ${answers[0]}, the one that was revoked is refused: ${answers[1]}.`,
  )
  console.log(`The audit log says: ${events.map(({ type }) => type).join(', ')}.`)
  return answers.join() === 'allowed,token_revoked' && events.length === 3
}
