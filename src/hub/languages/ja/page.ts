/** hub/texts/page.ts in Japanese. */
import type { PAGE_TEXTS } from '../../texts/page.ts'
import type { Translation } from '../translation.ts'

export const PAGE: Translation<typeof PAGE_TEXTS> = {
  comma: '、',
  title: '組織のアクセストークン',
  lead: 'トークンは個人ではなく組織に属します。シークレットを持つ人は、トークンが終了するまで使用できます。',
  loading: 'トークンを読み込んでいます。しばらくしても何も表示されない場合は、ページを再読み込みしてください。',
  noScript: 'このページには JavaScript が必要です。',
  noticeSignedOut: 'サインインしていません。サインインしてから、もう一度このページを開いてください。',
  noticeToken: 'アクセストークンではトークンを管理できません。個人としてサインインしてください。',
  noticeMissing: 'このアドレスには何もありません。',
  noticeUnreadable: 'アドレスを読み取れません。',
  noticeFailed: '問題が発生しました。しばらくしてからもう一度お試しください。',
  signIn: 'サインイン',
  toTokens: 'トークンに移動',
  reload: '再試行',
  organization: '組織',
  noPlans: '管理している組織がありません。管理者に追加を依頼してください。',
  closedTier: '{plan} のプランには、これらのトークンは含まれていません。既存のトークンは表示と取り消しができます。',
  closedSuspended:
    '{plan} のプランは停止中です。停止が解除されるまでトークンは機能しません。表示と取り消しはできます。',
  tabs: 'トークンの種類',
}
