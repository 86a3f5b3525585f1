/** hub/texts/states.ts in Arabic. */
import type { STATES_TEXTS } from '../../texts/states.ts'
import type { Translation } from '../translation.ts'

export const STATES: Translation<typeof STATES_TEXTS> = {
  emptyHint: 'يتيح الرمز لبرنامج أن يعمل لصالح مؤسستك. يُعرض سره مرة واحدة عند إنشائه.',
  showAll: 'عرض كل الرموز',
  planMissing: 'لا توجد مؤسسة كهذه، أو لستَ من مسؤوليها.',
  planMissingNext: 'المؤسسات التي تديرها:',
}
