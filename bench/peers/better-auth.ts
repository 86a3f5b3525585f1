/** A script: how many times as long as ours the api-key plugin of better-auth takes, which is a whole server with tables in memory. */
import { figmaPolicy } from 'plan-access-tokens/figma'
import { requestsFor, world } from '../engine-world.ts'
import { interleaved } from '../measure.ts'
import { importPeer } from './import.ts'
import { ours, sideOf } from './sides.ts'

process.stdout.write(`\n${await measure(process.argv[2] as string)}`)

interface Auth {
  readonly api: {
    signUpEmail(input: object): Promise<{ readonly user: { readonly id: string } }>
    createApiKey(input: object): Promise<{ readonly key: string }>
    verifyApiKey(input: object): Promise<{ readonly valid: boolean }>
  }
}

async function measure(folder: string): Promise<number> {
  const { betterAuth } = await importPeer<{ betterAuth(options: object): Auth }>(folder, 'better-auth')
  const { memoryAdapter } = await importPeer<{ memoryAdapter(tables: object): unknown }>(
    folder,
    'better-auth/adapters/memory',
  )
  const { apiKey } = await importPeer<{ apiKey(options: object): unknown }>(folder, '@better-auth/api-key')
  const tables = { user: [], session: [], account: [], verification: [], apikey: [] }
  const auth = betterAuth({
    baseURL: 'http://localhost',
    secret: 'a secret of no less than thirty-two characters',
    database: memoryAdapter(tables),
    emailAndPassword: { enabled: true },
    telemetry: { enabled: false },
    logger: { disabled: true },
    plugins: [apiKey({ rateLimit: { enabled: false } })],
  })
  const { user } = await auth.api.signUpEmail({ body: { email: 'a@example.com', password: 'password-1', name: 'A' } })
  const permissions = { file_content: ['read'] }
  // Fewer than ours: its adapter in memory goes through all of them for each look-up.
  const keys: string[] = []
  for (let i = 0; i < 50; i++)
    keys.push((await auth.api.createApiKey({ body: { userId: user.id, name: `Token ${i}`, permissions } })).key)
  const { tokens, floor, secrets } = await world(figmaPolicy(), 1_000)
  const requests = requestsFor(keys)
  const theirs = sideOf(requests, async ({ headers }) => {
    const { valid } = await auth.api.verifyApiKey({ body: { key: headers['x-figma-token'], permissions } })
    return valid
  })
  const times = await interleaved(
    { ours: ours({ tokens, floor, secrets }, requestsFor(secrets)), theirs },
    { calls: 200, rounds: 31 },
  )
  return times.theirs / times.ours
}
