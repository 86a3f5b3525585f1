/** hub/texts/conflict.ts in Arabic. */
import type { CONFLICT_TEXTS } from '../../texts/conflict.ts'
import type { Translation } from '../translation.ts'

export const CONFLICT: Translation<typeof CONFLICT_TEXTS> = {
  conflictTitle: 'غيّر شخص آخر هذا الرمز',
  conflictBy: 'غيّره {actor} {when}، بعد أن فتحته.',
  conflictLead: 'لم يُفقد شيء مما كتبته. حيث غيّرتما الشيء نفسه، اختر ما يبقى.',
  conflictMine: 'نسختك',
  conflictTheirs: 'النسخة الأخرى',
  conflictKept: 'تبقى تغييرات كليكما التي لا تتعارض.',
}
