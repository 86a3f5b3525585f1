/**
 * One schedule: a seed decides what is done, when, and what goes wrong; every answer is held against what was promised when
 * its request was made. docs/freshness.md says what the promise is.
 */
import type { Decision, TokenOnlyPolicy } from 'plan-access-tokens'
import { issued, requested, widened } from './approving.ts'
import {
  ADMIN,
  type Deployment,
  deploy,
  focusOf,
  type Host,
  type Library,
  PLAN_AGE_MS,
  SECOND_ADMIN,
} from './deployment.ts'
import { importable } from './importing.ts'

/** How long things are done, in virtual milliseconds, and how long they may take to come to an end. */
const BUSY_MS = 700
const END_MS = 3_000
/** A reader's clock may be as slow as that. */
const SLOW = 1.05

/** A secret, and since when no process may accept it any more. */
interface SecretModel {
  readonly text: string
  isDead: boolean
}

/** What callers were told of a token. */
interface TokenModel {
  readonly id: string
  readonly secrets: SecretModel[]
  /** The version that every process knows by now. */
  version: number
  isRevoked: boolean
  /** Whether anybody has asked for its end, or for that of a secret. */
  mayBeRevoked: boolean
  mayRetire: boolean
  /** Whether its creation is promised to be seen. */
  isKnown: boolean
}

/** A commit as it took place. */
interface Commit {
  readonly at: number
  readonly tokenId: string
  readonly version: number
  readonly isRevoked: boolean
}

/** Runs a schedule; gives what was wrong, which is nothing. */
export async function runSchedule(library: Library, policy: TokenOnlyPolicy, seed: number): Promise<readonly string[]> {
  const deployment = deploy(library, policy, seed)
  const { course, chance, database, servers, admin, tiers } = deployment
  const wrong = new Set<string>()
  const tokens: TokenModel[] = []
  /** Tokens that are not in the database yet, with what makes them known: as after an import, or a failover that came late. */
  const hidden = (await importable(library, policy, seed)).map((made) => ({
    ...made,
    model: modelOf(made.id, made.secret, false, made.version),
  }))
  for (const { model, earlier } of hidden) {
    tokens.push(model)
    for (const commit of earlier) database.store().commit(...commit)
  }
  let commits: Commit[] = []
  const watchCommits = (): void => {
    const { store } = database
    const inner = store()
    let seq = 0
    inner.watch(() => {
      inner.events({ after: seq, limit: 1_000 }).then((events) => {
        for (const event of events) {
          seq = event.seq
          commits.push({
            at: course.now(),
            tokenId: event.tokenId,
            version: event.version,
            isRevoked: event.type === 'revoked',
          })
        }
      })
    })
  }
  watchCommits()

  /** A change by the admin: what it means once its caller was told that it is done. */
  const change = <T>(
    token: TokenModel | undefined,
    act: (host: Host) => Promise<T>,
    promise: (result: T) => void,
  ): void => {
    const restores = database.restores()
    const host = chance.hits(0.8) ? admin : chance.pick(servers)
    // Changes look up secrets as well, besides those that are counted.
    host.wasDisturbed = true
    host.changes += 1
    act(host).then(
      (result) => {
        host.changes -= 1
        if (database.restores() !== restores) return
        promise(result)
        // The very next moment is the hardest one.
        if (token) course.after(chance.hits(0.7) ? 0 : chance.below(10), () => everybodyAsks(token))
      },
      () => {
        host.changes -= 1
      },
    )
  }

  const everybodyAsks = (token: TokenModel): void => {
    for (const host of servers) for (const secret of token.secrets.slice(-2)) request(host, token, secret)
  }

  /** What goes on all the time, save where it is quiet. */
  const ask: typeof request = (host, token, secret) => {
    if (course.now() >= host.quietUntil) request(host, token, secret)
  }

  const request = (host: Host, token: TokenModel, secret: SecretModel): void => {
    const called = course.now()
    const restores = database.restores()
    const { version, isRevoked, isKnown } = token
    const { isDead } = secret
    const old = called - host.freshnessMs * SLOW - 1
    const bounded = commits.filter((commit) => commit.tokenId === token.id && commit.at < old)
    const headers = { authorization: `Bearer ${secret.text}` }
    host.tokens.authorize({ method: 'GET', url: '/x', headers }).then((decision: Decision) => {
      if (database.restores() !== restores) return
      const say = (what: string): void => void wrong.add(what)
      if (decision.allowed) {
        if (isRevoked) say('a token was accepted after revoke() had returned')
        if (isDead) say('a secret was accepted after the call that ended it had returned')
        if (decision.token.version < version)
          say('a request was judged by a state from before a change that had returned')
        if (bounded.some((commit) => commit.isRevoked || commit.version > decision.token.version))
          say('an accepted state was older than the bound')
        if (!wasEligible(tiers, called - PLAN_AGE_MS * SLOW - 1, course.now()))
          say('a plan was accepted by an answer older than its bound')
      } else {
        const { code } = decision
        if (code === 'token_unknown' && isKnown) say('a token was unknown after create() had returned')
        if (code === 'token_revoked' && !token.mayBeRevoked) say('a token was refused as revoked that nobody revoked')
        if (code === 'secret_retired' && !token.mayRetire) say('a secret was refused as retired that nobody retired')
        if (code === 'token_expired') say('a token was refused as expired long before its end')
      }
    })
  }

  const isApproving = focusOf(seed) === 'approvals'

  const revoke = (token: TokenModel): void => {
    token.mayBeRevoked = true
    change(
      token,
      (host) => host.tokens.revoke({ actor: ADMIN, id: token.id }),
      ({ version }) => {
        token.version = Math.max(token.version, version)
        token.isRevoked = true
      },
    )
  }

  const steps: readonly (readonly [weight: number, step: () => void])[] = [
    [
      30,
      () => {
        const token = chance.pick(tokens)
        // One secret is asked for often, so that it is warm.
        ask(
          chance.pick(servers),
          token,
          chance.hits(0.7) ? (token.secrets[0] as SecretModel) : chance.pick(token.secrets),
        )
      },
    ],
    [
      3,
      () => {
        const token = chance.pick(tokens)
        for (const host of servers) for (const secret of token.secrets) ask(host, token, secret)
      },
    ],
    [
      2,
      () =>
        change(
          undefined,
          // Without a step more than it takes: what comes first in a moment is a matter of such steps.
          isApproving ? issued : requested,
          ({ token, secret }) => {
            if (secret) tokens.push(modelOf(token.id, secret.reveal(), true, token.version))
          },
        ),
    ],
    [
      isApproving ? 6 : 0,
      () => {
        const token = chance.pick(tokens)
        const says = chance.pick(['approve', 'approve', 'decline'] as const)
        const seen = ({ version }: { readonly version: number }): void => {
          token.version = Math.max(token.version, version)
        }
        change(
          token,
          (host) => widened(host, token.id),
          (result) => {
            seen(result)
            // Everybody has just seen it as it was.
            everybodyAsks(token)
            course.after(chance.below(12), () =>
              change(token, (host) => host.tokens[says]({ actor: SECOND_ADMIN, id: token.id }), seen),
            )
          },
        )
      },
    ],
    [
      1,
      () => {
        const known = hidden.pop()
        if (!known) return
        // One that waits for its secret may have been changed meanwhile; then this writes nothing.
        let isWritten = false
        database
          .store()
          .commit(...known.last)
          .then((written) => {
            isWritten = written
          })
        // Who writes past the engine waits as long as a writer does.
        course.after(125, () => {
          known.model.isKnown = isWritten && database.restores() === 0
        })
      },
    ],
    [
      3,
      () => {
        const token = chance.pick(tokens)
        change(
          token,
          (host) =>
            host.tokens.edit({ actor: ADMIN, id: token.id, name: `named ${chance.below(1e6)}`, scopes: ['read'] }),
          ({ version }) => {
            token.version = Math.max(token.version, version)
          },
        )
      },
    ],
    [
      2,
      () => {
        const token = chance.pick(tokens)
        const earlier = token.secrets.slice()
        const retirePrevious = chance.pick(['now', 'afterGrace'] as const)
        if (retirePrevious === 'now') token.mayRetire = true
        change(
          token,
          (host) => host.tokens.refresh({ actor: ADMIN, id: token.id, retirePrevious }),
          ({ token: { version }, secret }) => {
            token.version = Math.max(token.version, version)
            token.secrets.push({ text: secret.reveal(), isDead: false })
            if (retirePrevious === 'now') for (const old of earlier) old.isDead = true
          },
        )
      },
    ],
    [
      2,
      () => {
        const token = chance.pick(tokens)
        revoke(token)
      },
    ],
    [
      1,
      () => {
        const token = chance.pick(tokens)
        const secret = chance.pick(token.secrets)
        token.mayBeRevoked = token.mayRetire = true
        change(
          token,
          (host) => host.tokens.revokeSecret({ text: secret.text }),
          ({ revoked, token: shown }) => {
            if (!revoked) return
            secret.isDead = true
            if (shown?.status === 'revoked') token.isRevoked = true
          },
        )
      },
    ],
    [
      focusOf(seed) === 'drift' ? 20 : 2,
      () => {
        // Everybody has just proved that there is no news, and then nobody asks until the change is done.
        const token = chance.pick(tokens)
        everybodyAsks(token)
        for (const host of servers) host.quietUntil = course.now() + 200
        course.after(chance.below(12), () => revoke(token))
      },
    ],
    [2, () => stopped(chance.pick(servers), chance.below(chance.pick([40, 400])))],
    [
      1,
      () => {
        chance.pick(servers).quietUntil = course.now() + chance.below(500)
      },
    ],
    [2, () => admin.machine.step(chance.below(1_000))],
    [1, () => chance.pick(servers).crash()],
    [1, () => chance.pick([...servers, admin]).machine.step((chance.hits(0.5) ? 1 : -1) * chance.below(3_600_000))],
    [1, () => tiers.push({ at: course.now(), isEligible: !tiers.at(-1)?.isEligible })],
    [
      focusOf(seed) === 'restores' ? 6 : 0.5,
      () => {
        database.backUp()
        course.after(chance.below(chance.pick([60, 600])), () => {
          // Whoever restores stops what makes changes first (docs/freshness.md).
          for (const host of [...servers, admin]) if (host.changes > 0) host.crash()
          database.restore()
          commits = []
          watchCommits()
          forgetPromises(tokens)
        })
      },
    ],
  ]

  const total = steps.reduce((sum, [weight]) => sum + weight, 0)
  const doOne = (): void => {
    let left = chance() * total
    const found = steps.find(([weight]) => {
      left -= weight
      return left < 0
    })
    found?.[1]()
    if (course.now() < BUSY_MS) course.after(chance.hits(0.2) ? chance.below(120) : chance.below(12), doOne)
  }
  doOne()
  await course.until(END_MS)
  for (const problem of await logProblems(deployment)) wrong.add(problem)
  for (const host of servers)
    if (!host.wasDisturbed && host.link.weather.loss === 0 && host.link.mostLookUps() > MOST_LOOK_UPS)
      wrong.add('more look-ups were under way at once than there may be')
  return [...wrong]
}

/** The simulated library makes so many at once (library.ts). */
export const MOST_LOOK_UPS = 3

function stopped(host: Host, ms: number): void {
  host.wasDisturbed = true
  host.machine.stop(ms)
}

function modelOf(id: string, secret: string, isKnown: boolean, version = 1): TokenModel {
  return {
    ...{ id, version, isRevoked: false, mayBeRevoked: false, mayRetire: false, isKnown },
    secrets: [{ text: secret, isDead: false }],
  }
}

/** After a restore nothing is promised of what was done before it. */
function forgetPromises(tokens: readonly TokenModel[]): void {
  for (const token of tokens) {
    Object.assign(token, { version: 1, isRevoked: false, isKnown: false })
    for (const secret of token.secrets) secret.isDead = false
  }
}

/** Whether the plan was eligible at some moment between two. */
function wasEligible(tiers: Deployment['tiers'], from: number, to: number): boolean {
  return tiers.some(
    ({ at, isEligible }, i) => isEligible && at <= to && (tiers[i + 1]?.at ?? Number.POSITIVE_INFINITY) >= from,
  )
}

/** Every commit has its event, once, in order, without a gap. */
async function logProblems({ database }: Deployment): Promise<readonly string[]> {
  const store = database.store()
  const events = await store.events({ limit: 10_000 })
  const problems: string[] = []
  if (events.some(({ seq }, i) => seq !== i + 1)) problems.push('the log has a gap')
  const versions = new Map<string, number>()
  for (const { tokenId, version } of events) {
    if (version !== (versions.get(tokenId) ?? 0) + 1) problems.push('an event is missing, doubled or out of order')
    versions.set(tokenId, version)
  }
  for (const [id, version] of versions)
    if ((await store.find(id))?.version !== version) problems.push('a record and its events say different things')
  return problems
}
