/** hub/texts/states.ts in French. */
import type { STATES_TEXTS } from '../../texts/states.ts'
import type { Translation } from '../translation.ts'

export const STATES: Translation<typeof STATES_TEXTS> = {
  emptyHint:
    'Un jeton permet à un programme de travailler pour votre organisation. Son secret est affiché une seule fois, à sa création.',
  showAll: 'Afficher tous les jetons',
  planMissing: 'Cette organisation n’existe pas, ou vous ne l’administrez pas.',
  planMissingNext: 'Vous administrez :',
}
