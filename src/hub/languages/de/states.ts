/** hub/texts/states.ts in German. */
import type { STATES_TEXTS } from '../../texts/states.ts'
import type { Translation } from '../translation.ts'

export const STATES: Translation<typeof STATES_TEXTS> = {
  emptyHint:
    'Mit einem Token kann ein Programm für Ihre Organisation arbeiten. Sein Geheimnis wird einmal angezeigt, wenn es erstellt wird.',
  showAll: 'Alle Token anzeigen',
  planMissing: 'Diese Organisation gibt es nicht, oder Sie verwalten sie nicht.',
  planMissingNext: 'Sie verwalten:',
}
