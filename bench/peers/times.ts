/** A script: what a request takes here and in each library that can be measured in one process, in nanoseconds. */
import { figmaPolicy } from 'plan-access-tokens/figma'
import { requestsFor, world } from '../engine-world.ts'
import { interleaved } from '../measure.ts'
import { casbin, casl, fastJwt, jose, ours, prefixedApiKey } from './sides.ts'

process.stdout.write(JSON.stringify(await times(process.argv[2] as string)))

/** Nanoseconds of each. */
export type PeerTimes = Awaited<ReturnType<typeof times>>

async function times(folder: string) {
  const mine = await world(figmaPolicy(), 1_000)
  const requests = requestsFor(mine.secrets)
  return interleaved(
    {
      ours: ours(mine, requests),
      prefixedApiKey: await prefixedApiKey(folder, requests),
      fastJwtCached: await fastJwt(folder, requests, 2_000),
      fastJwt: await fastJwt(folder, requests, false),
      joseHS256: await jose(folder, requests, 'HS256'),
      joseEdDSA: await jose(folder, requests, 'EdDSA'),
      casl: await casl(folder, requests),
      casbin: await casbin(folder, requests),
    },
    { calls: 1_000 },
  )
}
