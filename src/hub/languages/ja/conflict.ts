/** hub/texts/conflict.ts in Japanese. */
import type { CONFLICT_TEXTS } from '../../texts/conflict.ts'
import type { Translation } from '../translation.ts'

export const CONFLICT: Translation<typeof CONFLICT_TEXTS> = {
  conflictTitle: 'ほかの人がこのトークンを変更しました',
  conflictBy: '開いた後に、{actor} さんが{when}に変更しました。',
  conflictLead: '入力内容は失われていません。同じ項目を両方が変更した箇所は、残す方を選択してください。',
  conflictMine: '自分の変更',
  conflictTheirs: '相手の変更',
  conflictKept: '重ならない変更は、両方とも残ります。',
}
