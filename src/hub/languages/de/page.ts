/** hub/texts/page.ts in German. */
import type { PAGE_TEXTS } from '../../texts/page.ts'
import type { Translation } from '../translation.ts'

export const PAGE: Translation<typeof PAGE_TEXTS> = {
  comma: ', ',
  title: 'Zugriffstoken der Organisation',
  lead: 'Token gehören der Organisation und keiner einzelnen Person. Wer ein Geheimnis hat, kann es verwenden, bis das Token endet.',
  loading: 'Ihre Token werden geladen. Wenn gleich nichts erscheint, laden Sie die Seite neu.',
  noScript: 'Diese Seite braucht JavaScript.',
  noticeSignedOut: 'Sie sind nicht angemeldet. Melden Sie sich an, und öffnen Sie diese Seite noch einmal.',
  noticeToken: 'Ein Zugriffstoken kann keine Token verwalten. Melden Sie sich als Person an.',
  noticeMissing: 'Unter dieser Adresse gibt es nichts.',
  noticeUnreadable: 'Die Adresse lässt sich nicht lesen.',
  noticeFailed: 'Etwas ist schiefgegangen. Versuchen Sie es gleich noch einmal.',
  signIn: 'Anmelden',
  toTokens: 'Zu Ihren Token',
  reload: 'Noch einmal versuchen',
  organization: 'Organisation',
  noPlans: 'Sie verwalten hier keine Organisation. Bitten Sie jemanden aus der Verwaltung, Sie hinzuzufügen.',
  closedTier: 'Der Tarif von {plan} enthält diese Token nicht. Vorhandene können angesehen und widerrufen werden.',
  closedSuspended:
    'Der Tarif von {plan} ist ausgesetzt. Bis das endet, funktionieren die Token nicht; sie können angesehen und widerrufen werden.',
  tabs: 'Arten von Token',
}
