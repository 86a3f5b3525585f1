/** What the page says where there is nothing, and what one can do next. */
export const STATES_TEXTS = {
  emptyHint: 'A token lets a program work for your organization. Its secret is shown once, when it is made.',
  showAll: 'Show all tokens',
  planMissing: 'There is no such organization, or you are not one of its admins.',
  planMissingNext: 'You manage:',
} as const
