/** Finds the token that a secret belongs to, whoever asks. Who may see it then: service/rights.ts, or whoever looks for it. */
import type { LegacyKey } from '../core/legacy.ts'
import { secretWithDigest, type TokenRecord } from '../core/token.ts'
import { ask } from './ask.ts'
import type { Engine } from './engine.ts'

/** The record that a text is a secret of, whether it works or not; asks nobody for what is no secret of ours. */
export async function findBySecret(
  engine: Engine,
  secret: unknown,
): Promise<{ readonly record: TokenRecord; readonly digest: string } | undefined> {
  if (typeof secret !== 'string') return undefined
  const isOurs = engine.isWellFormed(secret)
  const key = isOurs ? undefined : engine.legacy?.read(secret)
  const digest = isOurs ? engine.sha256(secret) : key?.digest
  const record = digest === undefined ? undefined : await findByDigest(engine, digest, key)
  return record && { record, digest: digest as string }
}

/** The record that holds a digest, if the store has one that can be read, and of a key from before one that the key opens. */
export async function findByDigest(engine: Engine, digest: string, key?: LegacyKey): Promise<TokenRecord | undefined> {
  const record = await ask(engine, 'store.findByDigest', () => engine.store.findByDigest(digest))
  if (!record) return undefined
  const secret = key ? await ask(engine, 'legacy.verify', () => key.secretIn(record)) : secretWithDigest(record, digest)
  return secret && record
}
