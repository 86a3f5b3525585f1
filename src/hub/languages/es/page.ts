/** hub/texts/page.ts in Spanish. */
import type { PAGE_TEXTS } from '../../texts/page.ts'
import type { Translation } from '../translation.ts'

export const PAGE: Translation<typeof PAGE_TEXTS> = {
  comma: ', ',
  title: 'Tokens de acceso de la organización',
  lead: 'Los tokens pertenecen a la organización y no a una persona. Quien tenga un secreto puede usarlo hasta que el token termine.',
  loading: 'Se están cargando los tokens. Si no aparece nada en un momento, recargue la página.',
  noScript: 'Esta página necesita JavaScript.',
  noticeSignedOut: 'No ha iniciado sesión. Inicie sesión y vuelva a abrir esta página.',
  noticeToken: 'Un token de acceso no puede administrar tokens. Inicie sesión como persona.',
  noticeMissing: 'No hay nada en esta dirección.',
  noticeUnreadable: 'No se puede leer la dirección.',
  noticeFailed: 'Algo ha salido mal. Inténtelo de nuevo en un momento.',
  signIn: 'Iniciar sesión',
  toTokens: 'Ir a los tokens',
  reload: 'Intentar de nuevo',
  organization: 'Organización',
  noPlans: 'No administra ninguna organización aquí. Pida a quien administre una que le añada.',
  closedTier: 'El plan de {plan} no incluye estos tokens. Los existentes se pueden ver y revocar.',
  closedSuspended:
    'El plan de {plan} está suspendido. Mientras tanto, sus tokens no funcionan; se pueden ver y revocar.',
  tabs: 'Tipos de token',
}
