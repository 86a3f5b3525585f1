/** Texts of the page around everything: its head, its tabs, and the short pages that say why there is none. */

export const PAGE_TEXTS = {
  /** Between two of several. */
  comma: ', ',
  title: 'Plan access tokens',
  lead: 'Tokens belong to the organization and not to a person. Whoever has a secret can use it until the token ends.',
  loading: 'Your tokens are being loaded. If nothing appears in a moment, reload the page.',
  noScript: 'This page needs JavaScript.',
  noticeSignedOut: 'You are not signed in. Sign in and open this page again.',
  noticeToken: 'A plan access token cannot manage tokens. Sign in as a person.',
  noticeMissing: 'There is nothing at this address.',
  noticeUnreadable: 'The address cannot be read.',
  noticeFailed: 'Something went wrong. Try again in a moment.',
  signIn: 'Sign in',
  toTokens: 'Go to your tokens',
  reload: 'Try again',

  organization: 'Organization',
  noPlans: 'You are not an admin of any organization here. Ask one of the admins to add you.',
  closedTier: 'The plan of {plan} does not include these tokens. Existing ones can be seen and revoked.',
  closedSuspended:
    'The plan of {plan} is suspended. Its tokens do not work until that ends; they can be seen and revoked.',
  tabs: 'Types of token',
} as const
