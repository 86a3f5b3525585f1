/** hub/texts/failures.ts in Japanese. */
import type { FAILURES_TEXTS } from '../../texts/failures.ts'
import type { Translation } from '../translation.ts'

export const FAILURES: Translation<typeof FAILURES_TEXTS> = {
  failNetwork: 'サーバーに接続できませんでした。接続を確認して、もう一度お試しください。',
  failTimeout: 'サーバーが時間内に応答しませんでした。もう一度お試しください。',
  failServer: '現在サーバーで処理できません。しばらくしてからもう一度お試しください。',
  failUnreadable:
    'サーバーから予期しない応答がありました。別のタブでページを再読み込みして、サインインしているか確認してください。',
  failSignedOut: 'サインアウトされました。別のタブでサインインしてから、ここでもう一度お試しください。',
  failNoAdmin: 'この組織の管理者ではなくなりました。別の管理者に問い合わせてください。',
  failClosed:
    'プランにこれらのトークンが含まれなくなったか、プランが停止中です。担当者に問い合わせてから、もう一度お試しください。',
  failEnded:
    'その間にトークンの期限が切れたか取り消されたため、変更できません。これを閉じて、メニューから同じ内容で作り直してください。',
  failConflict: 'ほかの人が同時にトークンを変更しました。これを閉じて内容を確認し、もう一度お試しください。',
  failGone: 'トークンが存在しないか、その組織の管理者ではなくなりました。',
  failSecrets: 'このトークンの有効なシークレットが多すぎます。古いものを今すぐ終了するか、終了するまでお待ちください。',
  failSpent:
    'すでに完了しており、シークレットをもう一度表示することはできません。これを閉じて、トークンを更新すると新しいシークレットを取得できます。',
  failInput: '入力内容に修正が必要です。',
  failStepUp: '実行されませんでした。組織のルールにより、先に本人確認が必要です。',
  failOwnRequest: '自分で申請したものは、別の管理者が決定する必要があります。',
  failNothingRequested: '待機中のものはもうありません。決定されたか、取り下げられたか、失効しました。',
  failNotRequester: 'この操作ができるのは、トークンを申請した人だけです。',
  failOther: '拒否されました。',
  nothingLost: '入力内容は失われていません。',
  maybeDone:
    '完了したかどうかは不明です。同じ内容で再試行しても 2 回実行されることはありません。先に変更する場合は、一覧を確認してください。',
  tryAgain: '再試行',
}
