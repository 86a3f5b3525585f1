/** hub/texts/secret.ts in German. */
import type { SECRET_TEXTS } from '../../texts/secret.ts'
import type { Translation } from '../translation.ts'

export const SECRET: Translation<typeof SECRET_TEXTS> = {
  secretTitle: 'Ihr neues Token',
  secretLead: 'Das Geheimnis wird nur dieses eine Mal angezeigt.',
  secretAdvice:
    'Bewahren Sie es jetzt an einem sicheren Ort auf, etwa in einem Passwortmanager oder einem Secrets-Manager. Wenn es verloren geht, erneuern Sie das Token, um ein neues zu bekommen.',
  secretLabel: 'Geheimnis von {token}',
  copied: 'Das Geheimnis ist in der Zwischenablage.',
  copyFailed: 'Der Browser hat es nicht erlaubt. Das Geheimnis ist markiert: Kopieren Sie es mit der Tastatur.',
  secretNotStored: 'Das Geheimnis ist noch nicht kopiert. Es kann nicht noch einmal angezeigt werden.',
  secretBack: 'Zurück',
  secretLeave: 'Ich habe es aufbewahrt',
  secretUse: 'So wird es verwendet',
  usageVariable: 'Diese Zeilen enthalten kein Geheimnis. Legen Sie es dort ab, wo sie es lesen: in {variable}.',
  copyLines: '{lines} kopieren',
  linesCopied: 'Kopiert.',
  linesSelected: 'Der Browser hat es nicht erlaubt. Die Zeilen sind markiert: Kopieren Sie sie mit der Tastatur.',
  graceUntil: {
    one: 'Das alte Geheimnis funktioniert noch {count} Stunde, bis {date}. Ersetzen Sie es vorher überall.',
    other: 'Das alte Geheimnis funktioniert noch {count} Stunden, bis {date}. Ersetzen Sie es vorher überall.',
  },
  graceOver: 'Das alte Geheimnis ist beendet.',
  refreshTitle: '{token} erneuern',
  refreshLead: {
    one: 'Ein neues Geheimnis wird erstellt, und die Gültigkeit von 1 Tag beginnt von vorn.',
    other: 'Ein neues Geheimnis wird erstellt, und die Gültigkeit von {count} Tagen beginnt von vorn.',
  },
  refreshGrace: {
    one: 'Das alte Geheimnis funktioniert noch 1 Stunde.',
    other: 'Das alte Geheimnis funktioniert noch {count} Stunden.',
  },
  refreshExpires: 'Neues Ablaufdatum',
  refreshPrevious: 'Das alte Geheimnis funktioniert bis',
  refreshNow: 'zum Moment des Erneuerns',
  refreshLeaked: 'Das alte Geheimnis ist bekannt geworden: sofort beenden',
  refreshLeakedHint:
    'Jedes alte Geheimnis dieses Tokens endet sofort. Was noch eines verwendet, funktioniert nicht mehr.',
  revokeTitle: '{token} widerrufen',
  revokeRequestLead:
    'Die Anfrage wird zurückgenommen, und das angefragte Token endet. Das kann nicht rückgängig gemacht werden; es kann neu angefragt werden.',
  revokeLead: 'Das Token und alle seine Geheimnisse enden sofort. Das kann nicht rückgängig gemacht werden.',
  revokeUsed: 'Es wurde zuletzt {when} verwendet. Was es verwendet, funktioniert dann nicht mehr.',
  revokeConfirm: 'Geben Sie zur Bestätigung {token} ein',
  revokeMismatch: 'Das ist nicht der Name des Tokens. Geben Sie ihn genau so ein.',
  revoked: '{token} ist widerrufen.',
  saved: '{token} ist gespeichert.',
  made: '{token} ist erstellt.',
  asked: 'Sie haben {token} angefragt. Es hat kein Geheimnis, bis jemand anderes aus der Verwaltung es genehmigt hat.',
  refreshed: '{token} hat ein neues Geheimnis.',
}
