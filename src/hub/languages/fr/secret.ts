/** hub/texts/secret.ts in French. */
import type { SECRET_TEXTS } from '../../texts/secret.ts'
import type { Translation } from '../translation.ts'

export const SECRET: Translation<typeof SECRET_TEXTS> = {
  secretTitle: 'Votre nouveau jeton',
  secretLead: 'Le secret n’est affiché que cette fois-ci.',
  secretAdvice:
    'Conservez-le maintenant en lieu sûr, par exemple dans un gestionnaire de mots de passe ou de secrets. S’il est perdu, actualisez le jeton pour obtenir un nouveau secret.',
  secretLabel: 'Secret de {token}',
  copied: 'Le secret est dans le presse-papiers.',
  copyFailed: 'Le navigateur ne l’a pas permis. Le secret est sélectionné : copiez-le au clavier.',
  secretNotStored: 'Le secret n’a pas encore été copié. Il ne pourra plus être affiché.',
  secretBack: 'Revenir',
  secretLeave: 'Je l’ai conservé',
  secretUse: 'Comment l’utiliser',
  usageVariable: 'Ces lignes ne contiennent pas de secret. Placez-le là où elles le lisent : dans {variable}.',
  copyLines: 'Copier {lines}',
  linesCopied: 'Copié.',
  linesSelected: 'Le navigateur ne l’a pas permis. Les lignes sont sélectionnées : copiez-les au clavier.',
  graceUntil: {
    one: 'L’ancien secret fonctionne encore {count} heure, jusqu’au {date}. Remplacez-le partout avant.',
    many: 'L’ancien secret fonctionne encore {count} d’heures, jusqu’au {date}. Remplacez-le partout avant.',
    other: 'L’ancien secret fonctionne encore {count} heures, jusqu’au {date}. Remplacez-le partout avant.',
  },
  graceOver: 'L’ancien secret a pris fin.',
  refreshTitle: 'Actualiser {token}',
  refreshLead: {
    one: 'Un nouveau secret est créé, et la durée de {count} jour recommence.',
    many: 'Un nouveau secret est créé, et la durée de {count} de jours recommence.',
    other: 'Un nouveau secret est créé, et la durée de {count} jours recommence.',
  },
  refreshGrace: {
    one: 'L’ancien secret fonctionne encore {count} heure.',
    many: 'L’ancien secret fonctionne encore {count} d’heures.',
    other: 'L’ancien secret fonctionne encore {count} heures.',
  },
  refreshExpires: 'Nouvelle date d’expiration',
  refreshPrevious: 'L’ancien secret fonctionne jusqu’à',
  refreshNow: 'l’instant de l’actualisation',
  refreshLeaked: 'L’ancien secret a fuité : y mettre fin maintenant',
  refreshLeakedHint:
    'Tous les anciens secrets de ce jeton prennent fin immédiatement. Ce qui en utilise encore un cesse de fonctionner.',
  revokeTitle: 'Révoquer {token}',
  revokeRequestLead:
    'La demande est retirée, et le jeton demandé prend fin. Cette action est irréversible ; il peut être demandé de nouveau.',
  revokeLead: 'Le jeton et tous ses secrets prennent fin immédiatement. Cette action est irréversible.',
  revokeUsed: 'Dernière utilisation : {when}. Ce qui l’utilise cessera de fonctionner.',
  revokeConfirm: 'Saisissez {token} pour confirmer',
  revokeMismatch: 'Ce n’est pas le nom du jeton. Saisissez-le exactement.',
  revoked: '{token} est révoqué.',
  saved: '{token} est enregistré.',
  made: '{token} est créé.',
  asked: 'Vous avez demandé {token}. Il n’a pas de secret tant qu’un autre administrateur ne l’a pas approuvé.',
  refreshed: '{token} a un nouveau secret.',
}
