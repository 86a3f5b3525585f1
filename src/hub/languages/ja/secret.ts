/** hub/texts/secret.ts in Japanese. */
import type { SECRET_TEXTS } from '../../texts/secret.ts'
import type { Translation } from '../translation.ts'

export const SECRET: Translation<typeof SECRET_TEXTS> = {
  secretTitle: '新しいトークン',
  secretLead: 'シークレットが表示されるのはこの 1 回だけです。',
  secretAdvice:
    'パスワードマネージャーやシークレットマネージャーなど、安全な場所に今すぐ保管してください。紛失した場合は、トークンを更新すると新しいシークレットを取得できます。',
  secretLabel: '{token} のシークレット',
  copied: 'シークレットをクリップボードにコピーしました。',
  copyFailed: 'ブラウザーで許可されませんでした。シークレットを選択したので、キーボードでコピーしてください。',
  secretNotStored: 'シークレットはまだコピーされていません。もう一度表示することはできません。',
  secretBack: '戻る',
  secretLeave: '保管しました',
  secretUse: '使用方法',
  usageVariable: 'これらの行にシークレットは含まれていません。読み込み元の {variable} に設定してください。',
  copyLines: '{lines} をコピー',
  linesCopied: 'コピーしました。',
  linesSelected: 'ブラウザーで許可されませんでした。行を選択したので、キーボードでコピーしてください。',
  graceUntil: {
    other: '古いシークレットは引き続き {count} 時間、{date} まで使用できます。それまでにすべて置き換えてください。',
  },
  graceOver: '古いシークレットは終了しました。',
  refreshTitle: '{token} を更新',
  refreshLead: { other: '新しいシークレットを作成し、有効期間の {count} 日間を最初から数え直します。' },
  refreshGrace: { other: '古いシークレットは引き続き {count} 時間使用できます。' },
  refreshExpires: '新しい有効期限',
  refreshPrevious: '古いシークレットの期限',
  refreshNow: '更新した時点',
  refreshLeaked: '古いシークレットが漏えいしたため、今すぐ終了する',
  refreshLeakedHint: 'このトークンの古いシークレットはすべて直ちに終了します。使用中のものは機能しなくなります。',
  revokeTitle: '{token} を取り消す',
  revokeRequestLead: '申請を取り下げ、申請したトークンは終了します。この操作は元に戻せませんが、再度申請できます。',
  revokeLead: 'トークンとそのシークレットはすべて直ちに終了します。この操作は元に戻せません。',
  revokeUsed: '最終使用は{when}です。使用しているものは機能しなくなります。',
  revokeConfirm: '確認のため {token} と入力してください',
  revokeMismatch: 'トークンの名前と一致しません。正確に入力してください。',
  revoked: '{token} を取り消しました。',
  saved: '{token} を保存しました。',
  made: '{token} を作成しました。',
  asked: '{token} を申請しました。別の管理者が承認するまで、シークレットはありません。',
  refreshed: '{token} に新しいシークレットができました。',
}
