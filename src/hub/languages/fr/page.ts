/** hub/texts/page.ts in French. */
import type { PAGE_TEXTS } from '../../texts/page.ts'
import type { Translation } from '../translation.ts'

export const PAGE: Translation<typeof PAGE_TEXTS> = {
  comma: ', ',
  title: 'Jetons d’accès de l’organisation',
  lead: 'Les jetons appartiennent à l’organisation et non à une personne. Quiconque possède un secret peut l’utiliser jusqu’à la fin du jeton.',
  loading: 'Vos jetons sont en cours de chargement. Si rien ne s’affiche dans un instant, rechargez la page.',
  noScript: 'Cette page nécessite JavaScript.',
  noticeSignedOut: 'Vous n’êtes pas connecté. Connectez-vous, puis rouvrez cette page.',
  noticeToken: 'Un jeton d’accès ne peut pas gérer de jetons. Connectez-vous en tant que personne.',
  noticeMissing: 'Il n’y a rien à cette adresse.',
  noticeUnreadable: 'L’adresse est illisible.',
  noticeFailed: 'Une erreur s’est produite. Réessayez dans un instant.',
  signIn: 'Se connecter',
  toTokens: 'Voir vos jetons',
  reload: 'Réessayer',
  organization: 'Organisation',
  noPlans: 'Vous n’administrez aucune organisation ici. Demandez à un administrateur de vous ajouter.',
  closedTier:
    'Le forfait de {plan} ne comprend pas ces jetons. Les jetons existants peuvent être consultés et révoqués.',
  closedSuspended:
    'Le forfait de {plan} est suspendu. D’ici là, ses jetons ne fonctionnent pas ; ils peuvent être consultés et révoqués.',
  tabs: 'Types de jeton',
}
