/** Tokens with their secrets, made elsewhere: what a database gets by an import, or by a failover that came late. */
import type { MemoryStore, TokenOnlyPolicy } from 'plan-access-tokens'
import { issued } from './approving.ts'
import { deploy, focusOf, type Library } from './deployment.ts'
import type { Life } from './machine.ts'

type Commit = readonly [...Parameters<MemoryStore['commit']>]

/** A token before it is in the database. */
interface Import {
  readonly id: string
  readonly secret: string
  readonly version: number
  /** What comes before its secret, where another admin had to approve it. */
  readonly earlier: readonly Commit[]
  /** What makes its secret known. */
  readonly last: Commit
}

export async function importable(library: Library, policy: TokenOnlyPolicy, seed: number): Promise<readonly Import[]> {
  const life: Life = { isOver: false }
  const { admin, chance } = deploy(library, policy, seed ^ 0x5bd1e995)
  const made: Import[] = []
  let commits: Commit[] = []
  const store = library.memoryStore()
  const tokens = library.createPlanTokens({
    policy,
    store: {
      ...store,
      async commit(...commit) {
        commits.push(commit)
        return store.commit(...commit)
      },
    },
    approvals: library.approvals(),
    directory: {
      plan: (id) => ({ id, tier: 'organization' }),
      isPlanAdmin: () => !life.isOver,
      locate: () => undefined,
      ...(focusOf(seed) === 'approvals' && { rules: () => ({ approvals: 'required' as const }) }),
    },
    clock: { now: () => admin.machine.clock.now() },
    random: (bytes) => Uint8Array.from({ length: bytes }, () => chance.below(256)),
  })
  for (let i = 0; i < 2; i++) {
    commits = []
    const { token, secret } = await issued({ tokens })
    const last = commits.at(-1)
    if (!last) throw new Error('The import made nothing.')
    made.push({ id: token.id, secret: secret.reveal(), version: token.version, earlier: commits.slice(0, -1), last })
  }
  return made
}
