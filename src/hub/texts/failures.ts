/** Texts of what went wrong. */

export const FAILURES_TEXTS = {
  failNetwork: 'The server could not be reached. Check the connection and try again.',
  failTimeout: 'The server did not answer in time. Try again.',
  failServer: 'The server could not do it just now. Try again in a moment.',
  failUnreadable:
    'The server gave an unexpected answer. Reload the page in another tab to see whether you are signed in.',
  failSignedOut: 'You are no longer signed in. Sign in in another tab, then try again here.',
  failNoAdmin: 'You are no longer an admin of this organization. Ask another admin.',
  failClosed:
    'The plan does not include these tokens any more, or is suspended. Ask whoever looks after it, then try again.',
  failEnded:
    'The token has expired or was revoked in the meantime, so it cannot be changed. Close this, and generate a replacement like it from its menu.',
  failConflict: 'Somebody else changed the token at the same moment. Close this, look at it, and try again.',
  failGone: 'The token is not there any more, or you are no longer an admin of its organization.',
  failSecrets: 'Too many secrets of this token still work. End the old ones now, or wait until they have ended.',
  failSpent:
    'It was done already, and its secret cannot be shown again. Close this, and refresh the token for a new secret.',
  failInput: 'Something is not right yet.',
  failStepUp: 'It was not done: the rules of the organization ask that you confirm first that it is you.',
  failOwnRequest: 'You asked for it yourself, so another admin has to decide.',
  failNothingRequested: 'Nothing waits here any more. Somebody has decided, it was taken back, or it has lapsed.',
  failNotRequester: 'Only whoever asked for the token can do this.',
  failOther: 'It was refused.',
  nothingLost: 'Nothing that you typed is lost.',
  maybeDone:
    'Whether it was done is not known. Trying again with the same input does not do it twice; if you change something first, look at the table before.',
  tryAgain: 'Try again',
} as const
