/** hub/texts/states.ts in Japanese. */
import type { STATES_TEXTS } from '../../texts/states.ts'
import type { Translation } from '../translation.ts'

export const STATES: Translation<typeof STATES_TEXTS> = {
  emptyHint: 'トークンを使うと、プログラムが組織のために動作できます。シークレットは作成時に 1 回だけ表示されます。',
  showAll: 'すべてのトークンを表示',
  planMissing: 'その組織は存在しないか、管理者ではありません。',
  planMissingNext: '管理している組織:',
}
