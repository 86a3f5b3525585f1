/** Texts for two admins who change a token at once. */

export const CONFLICT_TEXTS = {
  conflictTitle: 'Somebody else changed this token',
  conflictBy: '{actor} changed it {when}, after you had opened it.',
  conflictLead: 'Nothing of yours is lost. Where both of you changed the same, choose which one is kept.',
  conflictMine: 'Yours',
  conflictTheirs: 'Theirs',
  conflictKept: 'Changes of both that do not touch each other are kept.',
} as const
