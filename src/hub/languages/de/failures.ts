/** hub/texts/failures.ts in German. */
import type { FAILURES_TEXTS } from '../../texts/failures.ts'
import type { Translation } from '../translation.ts'

export const FAILURES: Translation<typeof FAILURES_TEXTS> = {
  failNetwork: 'Der Server ist nicht erreichbar. Prüfen Sie die Verbindung, und versuchen Sie es noch einmal.',
  failTimeout: 'Der Server hat nicht rechtzeitig geantwortet. Versuchen Sie es noch einmal.',
  failServer: 'Der Server konnte das gerade nicht tun. Versuchen Sie es gleich noch einmal.',
  failUnreadable:
    'Der Server hat unerwartet geantwortet. Laden Sie die Seite in einem anderen Tab neu, um zu sehen, ob Sie angemeldet sind.',
  failSignedOut:
    'Sie sind nicht mehr angemeldet. Melden Sie sich in einem anderen Tab an, und versuchen Sie es dann hier noch einmal.',
  failNoAdmin: 'Sie verwalten diese Organisation nicht mehr. Fragen Sie jemand anderen aus der Verwaltung.',
  failClosed:
    'Der Tarif enthält diese Token nicht mehr oder ist ausgesetzt. Fragen Sie, wer dafür zuständig ist, und versuchen Sie es dann noch einmal.',
  failEnded:
    'Das Token ist inzwischen abgelaufen oder widerrufen und kann nicht geändert werden. Schließen Sie dies, und erstellen Sie über das Menü einen gleichen Ersatz.',
  failConflict:
    'Jemand anderes hat das Token im selben Moment geändert. Schließen Sie dies, sehen Sie es sich an, und versuchen Sie es noch einmal.',
  failGone: 'Das Token gibt es nicht mehr, oder Sie verwalten seine Organisation nicht mehr.',
  failSecrets:
    'Zu viele Geheimnisse dieses Tokens funktionieren noch. Beenden Sie jetzt die alten, oder warten Sie, bis sie enden.',
  failSpent:
    'Das ist schon geschehen, und das Geheimnis kann nicht noch einmal angezeigt werden. Schließen Sie dies, und erneuern Sie das Token, um ein neues Geheimnis zu bekommen.',
  failInput: 'Etwas stimmt noch nicht.',
  failStepUp:
    'Es ist nicht geschehen: Die Regeln der Organisation verlangen, dass Sie zuerst bestätigen, dass Sie es sind.',
  failOwnRequest: 'Sie haben es selbst angefragt, deshalb muss jemand anderes aus der Verwaltung entscheiden.',
  failNothingRequested:
    'Hier wartet nichts mehr. Jemand hat entschieden, es wurde zurückgenommen, oder es ist verfallen.',
  failNotRequester: 'Das kann nur die Person, die das Token angefragt hat.',
  failOther: 'Das wurde abgelehnt.',
  nothingLost: 'Von Ihren Eingaben ist nichts verloren.',
  maybeDone:
    'Ob es geschehen ist, ist nicht bekannt. Ein neuer Versuch mit denselben Eingaben tut es nicht zweimal; wenn Sie zuerst etwas ändern, sehen Sie vorher in der Tabelle nach.',
  tryAgain: 'Noch einmal versuchen',
}
