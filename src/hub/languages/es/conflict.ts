/** hub/texts/conflict.ts in Spanish. */
import type { CONFLICT_TEXTS } from '../../texts/conflict.ts'
import type { Translation } from '../translation.ts'

export const CONFLICT: Translation<typeof CONFLICT_TEXTS> = {
  conflictTitle: 'Otra persona ha cambiado este token',
  conflictBy: '{actor} lo cambió {when}, después de que usted lo abriera.',
  conflictLead: 'No se ha perdido nada de lo suyo. Donde ambos cambiaron lo mismo, elija qué se conserva.',
  conflictMine: 'Su versión',
  conflictTheirs: 'La otra versión',
  conflictKept: 'Los cambios de ambos que no se tocan se conservan.',
}
