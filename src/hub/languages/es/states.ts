/** hub/texts/states.ts in Spanish. */
import type { STATES_TEXTS } from '../../texts/states.ts'
import type { Translation } from '../translation.ts'

export const STATES: Translation<typeof STATES_TEXTS> = {
  emptyHint:
    'Un token permite que un programa trabaje para su organización. Su secreto se muestra una sola vez, al crearlo.',
  showAll: 'Mostrar todos los tokens',
  planMissing: 'Esa organización no existe o usted no la administra.',
  planMissingNext: 'Usted administra:',
}
