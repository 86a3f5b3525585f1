/** A secret does not belong into arguments, which the shell's history and every process of the machine can read. */
import { PREFIX_PATTERN, RANDOM_LENGTH, wellFormedWith } from '../core/secret.ts'
import { CliError } from './exit.ts'

/** The random part and the checksum. */
const TAIL_LENGTH = RANDOM_LENGTH + 6
/** The last underscore of a secret of any prefix, whatever is written on behind it. */
const TAIL = new RegExp(`_(?=[0-9A-Za-z]{${TAIL_LENGTH}})`, 'g')
const LONGEST_PREFIX = 64
/** How often percent signs are decoded, as `scan` does. */
const MOST_DECODINGS = 3

/** Refuses arguments that hold a secret of any policy, whatever stands around it. Says nothing of which. */
export function refuseSecrets(args: readonly string[]): void {
  if (args.some(holdsSecret))
    throw new CliError(
      'usage',
      'secret_in_arguments',
      'An argument holds the secret of a token, which now stands in the history of your shell. Refresh or revoke that token, and send secrets by the prompt or by stdin.',
    )
}

/** In the argument as it is, and as it is percent-decoded. */
function holdsSecret(arg: string): boolean {
  let reading = arg
  for (let round = 0; ; round++) {
    for (const { index } of reading.matchAll(TAIL)) if (endsSecret(reading, index)) return true
    const decoded = reading.replaceAll(/%([2-7][0-9A-Fa-f])/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    )
    if (decoded === reading || round === MOST_DECODINGS) return false
    reading = decoded
  }
}

/** Whether a secret has its last underscore there. Where its prefix begins nobody says, so every beginning is tried. */
function endsSecret(text: string, underscore: number): boolean {
  for (let from = underscore - 1; from >= Math.max(0, underscore - LONGEST_PREFIX); from--) {
    const prefix = text.slice(from, underscore)
    if (!/^\w/.test(prefix)) return false
    const secret = text.slice(from, underscore + 1 + TAIL_LENGTH)
    if (PREFIX_PATTERN.test(prefix) && wellFormedWith([prefix])(secret)) return true
  }
  return false
}
