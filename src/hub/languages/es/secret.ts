/** hub/texts/secret.ts in Spanish. */
import type { SECRET_TEXTS } from '../../texts/secret.ts'
import type { Translation } from '../translation.ts'

export const SECRET: Translation<typeof SECRET_TEXTS> = {
  secretTitle: 'Su nuevo token',
  secretLead: 'Esta es la única vez que se muestra el secreto.',
  secretAdvice:
    'Guárdelo ahora en un lugar seguro, como un gestor de contraseñas o de secretos. Si se pierde, renueve el token para obtener un secreto nuevo.',
  secretLabel: 'Secreto de {token}',
  copied: 'El secreto está en el portapapeles.',
  copyFailed: 'El navegador no lo ha permitido. El secreto está seleccionado: cópielo con el teclado.',
  secretNotStored: 'El secreto aún no se ha copiado. No se puede volver a mostrar.',
  secretBack: 'Volver',
  secretLeave: 'Ya lo he guardado',
  secretUse: 'Cómo se usa',
  usageVariable: 'Estas líneas no contienen ningún secreto. Póngalo donde lo leen: en {variable}.',
  copyLines: 'Copiar {lines}',
  linesCopied: 'Copiado.',
  linesSelected: 'El navegador no lo ha permitido. Las líneas están seleccionadas: cópielas con el teclado.',
  graceUntil: {
    one: 'El secreto anterior sigue funcionando {count} hora, hasta el {date}. Sustitúyalo en todas partes antes.',
    many: 'El secreto anterior sigue funcionando {count} de horas, hasta el {date}. Sustitúyalo en todas partes antes.',
    other: 'El secreto anterior sigue funcionando {count} horas, hasta el {date}. Sustitúyalo en todas partes antes.',
  },
  graceOver: 'El secreto anterior ha terminado.',
  refreshTitle: 'Renovar {token}',
  refreshLead: {
    one: 'Se crea un secreto nuevo y la vigencia de {count} día empieza de nuevo.',
    many: 'Se crea un secreto nuevo y la vigencia de {count} de días empieza de nuevo.',
    other: 'Se crea un secreto nuevo y la vigencia de {count} días empieza de nuevo.',
  },
  refreshGrace: {
    one: 'El secreto anterior sigue funcionando {count} hora.',
    many: 'El secreto anterior sigue funcionando {count} de horas.',
    other: 'El secreto anterior sigue funcionando {count} horas.',
  },
  refreshExpires: 'Nueva fecha de caducidad',
  refreshPrevious: 'El secreto anterior funciona hasta',
  refreshNow: 'el momento de la renovación',
  refreshLeaked: 'El secreto anterior se ha filtrado: terminarlo ahora',
  refreshLeakedHint:
    'Todos los secretos anteriores de este token terminan de inmediato. Lo que aún use uno dejará de funcionar.',
  revokeTitle: 'Revocar {token}',
  revokeRequestLead:
    'Se retira la solicitud y termina el token solicitado. No se puede deshacer; se puede solicitar de nuevo.',
  revokeLead: 'El token y todos sus secretos terminan de inmediato. No se puede deshacer.',
  revokeUsed: 'Último uso: {when}. Lo que lo use dejará de funcionar.',
  revokeConfirm: 'Escriba {token} para confirmar',
  revokeMismatch: 'Este no es el nombre del token. Escríbalo exactamente igual.',
  revoked: '{token} se ha revocado.',
  saved: '{token} se ha guardado.',
  made: '{token} se ha creado.',
  asked: 'Ha solicitado {token}. No tendrá secreto hasta que otra persona que administre lo apruebe.',
  refreshed: '{token} tiene un secreto nuevo.',
}
