/** Keys that a command signs with or proves by, as files have them. */
import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { CliError } from './exit.ts'
import { oneLine } from './io.ts'

/** A key as a file has it: PEM, or JSON (JWK). Nothing of what is in the file is told. */
export async function keyIn(file: string, kind: 'public' | 'private'): Promise<JsonWebKey> {
  const text = await readFile(file, 'utf8')
  const read = kind === 'public' ? createPublicKey : createPrivateKey
  try {
    if (kind === 'public' && /PRIVATE KEY|"d"\s*:/.test(text)) throw new TypeError('private')
    const key: KeyObject = text.trimStart().startsWith('{')
      ? read({ key: JSON.parse(text) as JsonWebKey, format: 'jwk' })
      : read(text)
    return key.export({ format: 'jwk' })
  } catch {
    throw new CliError(
      'usage',
      'key_unreadable',
      `${oneLine(file)} is no ${kind} key, as PEM or as JWK, on P-256 or of Ed25519.`,
    )
  }
}
