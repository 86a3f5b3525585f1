/** hub/texts/conflict.ts in French. */
import type { CONFLICT_TEXTS } from '../../texts/conflict.ts'
import type { Translation } from '../translation.ts'

export const CONFLICT: Translation<typeof CONFLICT_TEXTS> = {
  conflictTitle: 'Une autre personne a modifié ce jeton',
  conflictBy: '{actor} l’a modifié {when}, après que vous l’avez ouvert.',
  conflictLead:
    'Rien de votre saisie n’est perdu. Là où vous avez tous deux modifié la même chose, choisissez ce qui est conservé.',
  conflictMine: 'Votre version',
  conflictTheirs: 'L’autre version',
  conflictKept: 'Les modifications des deux qui ne se touchent pas sont conservées.',
}
