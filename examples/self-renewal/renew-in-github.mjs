/**
 * Renews the token of a repository's workflows, from a workflow (renew-token.yml). PLAN_TOKEN is the secret that the others use;
 * PLAN_TOKEN_STATE is what createRotatingSecret keeps, which has to outlive a run that breaks off. `gh` encrypts what it writes.
 */
import { spawnSync } from 'node:child_process'
import { createRotatingSecret } from 'plan-access-tokens/rotating-secret'

const { PLAN_TOKEN = '', PLAN_TOKEN_STATE, RENEWAL_URL = '' } = process.env

/** From stdin, since arguments of a program can be seen by others. */
function set(name, text) {
  const { status } = spawnSync('gh', ['secret', 'set', name], { input: text, stdio: ['pipe', 'inherit', 'inherit'] })
  if (status !== 0) throw new Error(`gh could not set ${name}.`)
}

/**
 * What a run before has kept. If PLAN_TOKEN is neither the secret of that nor the one that it replaces, somebody has put a new one
 * there, such as that of a refresh: it counts.
 */
function begin() {
  const kept = JSON.parse(PLAN_TOKEN_STATE || '{}')
  const isKnown = kept.secret === PLAN_TOKEN || kept.replaces === PLAN_TOKEN
  return JSON.stringify(isKnown ? { ...kept, replaces: PLAN_TOKEN } : { secret: PLAN_TOKEN, replaces: PLAN_TOKEN })
}

let state = begin()
const rotating = createRotatingSecret({
  read: () => state,
  write(text) {
    set('PLAN_TOKEN_STATE', text)
    state = text
  },
  url: RENEWAL_URL,
  // One run at a time (concurrency in the workflow), so what one before has begun is gone on with at once.
  leaseMs: 0,
  onError(error) {
    console.error(error.message)
    process.exitCode = 1
  },
})
const secret = await rotating.secret()
if (secret !== PLAN_TOKEN) set('PLAN_TOKEN', secret)
