/** hub/texts/failures.ts in French. */
import type { FAILURES_TEXTS } from '../../texts/failures.ts'
import type { Translation } from '../translation.ts'

export const FAILURES: Translation<typeof FAILURES_TEXTS> = {
  failNetwork: 'Le serveur est injoignable. Vérifiez la connexion et réessayez.',
  failTimeout: 'Le serveur n’a pas répondu à temps. Réessayez.',
  failServer: 'Le serveur n’a pas pu le faire pour le moment. Réessayez dans un instant.',
  failUnreadable:
    'Le serveur a donné une réponse inattendue. Rechargez la page dans un autre onglet pour voir si vous êtes connecté.',
  failSignedOut: 'Vous n’êtes plus connecté. Connectez-vous dans un autre onglet, puis réessayez ici.',
  failNoAdmin: 'Vous n’administrez plus cette organisation. Adressez-vous à un autre administrateur.',
  failClosed:
    'Le forfait ne comprend plus ces jetons ou est suspendu. Adressez-vous à la personne qui le gère, puis réessayez.',
  failEnded:
    'Le jeton a expiré ou a été révoqué entre-temps : il ne peut pas être modifié. Fermez ceci et générez un remplaçant identique depuis son menu.',
  failConflict: 'Une autre personne a modifié le jeton au même moment. Fermez ceci, examinez-le et réessayez.',
  failGone: 'Le jeton n’existe plus, ou vous n’administrez plus son organisation.',
  failSecrets:
    'Trop de secrets de ce jeton fonctionnent encore. Mettez fin aux anciens maintenant, ou attendez leur fin.',
  failSpent:
    'C’est déjà fait, et le secret ne peut plus être affiché. Fermez ceci et actualisez le jeton pour obtenir un nouveau secret.',
  failInput: 'Quelque chose n’est pas encore correct.',
  failStepUp:
    'Cela n’a pas été fait : les règles de l’organisation exigent que vous confirmiez d’abord votre identité.',
  failOwnRequest: 'Vous l’avez demandé vous-même : un autre administrateur doit décider.',
  failNothingRequested:
    'Plus rien n’est en attente ici. Quelqu’un a décidé, la demande a été retirée ou elle est caduque.',
  failNotRequester: 'Seule la personne qui a demandé le jeton peut le faire.',
  failOther: 'Cela a été refusé.',
  nothingLost: 'Rien de votre saisie n’est perdu.',
  maybeDone:
    'On ne sait pas si cela a été fait. Réessayer avec la même saisie ne le fait pas deux fois ; si vous modifiez d’abord quelque chose, consultez le tableau avant.',
  tryAgain: 'Réessayer',
}
