/** Texts of what gives a secret and of what takes one: the box, refresh and revoke. */

export const SECRET_TEXTS = {
  secretTitle: 'Your new token',
  secretLead: 'This is the only time that the secret is shown.',
  secretAdvice:
    'Store it now in a safe place, such as a password vault or a secrets manager. If it is lost, refresh the token to get a new secret.',
  secretLabel: 'Secret of {token}',
  copied: 'The secret is on the clipboard.',
  copyFailed: 'The browser did not allow it. The secret is selected: copy it with your keyboard.',
  secretNotStored: 'The secret is not copied yet. It cannot be shown again.',
  secretBack: 'Go back',
  secretLeave: 'I have stored it',
  secretUse: 'How it is used',
  usageVariable: 'These lines hold no secret. Put it where they read it: in {variable}.',
  copyLines: 'Copy {lines}',
  linesCopied: 'Copied.',
  linesSelected: 'The browser did not allow it. The lines are selected: copy them with your keyboard.',
  graceUntil: {
    one: 'The old secret goes on working for {count} hour, until {date}. Replace it everywhere before that.',
    other: 'The old secret goes on working for {count} hours, until {date}. Replace it everywhere before that.',
  },
  graceOver: 'The old secret has ended.',

  refreshTitle: 'Refresh {token}',
  refreshLead: {
    one: 'A new secret is made, and the lifetime of 1 day starts again.',
    other: 'A new secret is made, and the lifetime of {count} days starts again.',
  },
  refreshGrace: {
    one: 'The old secret goes on working for 1 hour.',
    other: 'The old secret goes on working for {count} hours.',
  },
  refreshExpires: 'New expiration date',
  refreshPrevious: 'The old secret works until',
  refreshNow: 'the moment you refresh',
  refreshLeaked: 'The old secret has leaked: end it now',
  refreshLeakedHint: 'Every old secret of this token ends at once. What still uses one stops working.',

  revokeTitle: 'Revoke {token}',
  revokeRequestLead:
    'The request is taken back, and the token that was asked for ends. This cannot be undone; it can be asked for again.',
  revokeLead: 'The token and all of its secrets end at once. This cannot be undone.',
  revokeUsed: 'It was last used {when}. What uses it stops working.',
  revokeConfirm: 'Type {token} to confirm',
  revokeMismatch: 'This is not the name of the token. Type it exactly.',
  revoked: '{token} is revoked.',
  saved: '{token} is saved.',
  made: '{token} is created.',
  asked: 'You asked for {token}. It has no secret until another admin has approved it.',
  refreshed: '{token} has a new secret.',
} as const
