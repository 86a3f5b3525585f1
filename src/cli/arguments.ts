/** A secret does not belong into arguments, which the shell's history and every process of the machine can read. */
import { isWellFormedSecret, RANDOM_LENGTH } from '../core/secret.ts'
import { CliError } from './exit.ts'

/** The random part and the checksum. */
const TAIL = new RegExp(`([A-Za-z]\\w*)_[0-9A-Za-z]{${RANDOM_LENGTH + 6}}(?![0-9A-Za-z])`, 'g')

/** Refuses arguments that hold a secret of any policy. Says nothing of which. */
export function refuseSecrets(args: readonly string[]): void {
  for (const arg of args)
    for (const [text, prefix = ''] of arg.matchAll(TAIL))
      if (isWellFormedSecret(text, new Set([prefix])))
        throw new CliError(
          'usage',
          'secret_in_arguments',
          'An argument holds the secret of a token, which now stands in the history of your shell. Refresh or revoke that token, and send secrets by the prompt or by stdin.',
        )
}
