/** hub/texts/conflict.ts in German. */
import type { CONFLICT_TEXTS } from '../../texts/conflict.ts'
import type { Translation } from '../translation.ts'

export const CONFLICT: Translation<typeof CONFLICT_TEXTS> = {
  conflictTitle: 'Jemand anderes hat dieses Token geändert',
  conflictBy: '{actor} hat es {when} geändert, nachdem Sie es geöffnet hatten.',
  conflictLead: 'Von Ihren Eingaben ist nichts verloren. Wo Sie beide dasselbe geändert haben, wählen Sie, was bleibt.',
  conflictMine: 'Ihre Fassung',
  conflictTheirs: 'Die andere Fassung',
  conflictKept: 'Änderungen von beiden, die sich nicht berühren, bleiben erhalten.',
}
