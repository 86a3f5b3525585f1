/** hub/texts/failures.ts in Spanish. */
import type { FAILURES_TEXTS } from '../../texts/failures.ts'
import type { Translation } from '../translation.ts'

export const FAILURES: Translation<typeof FAILURES_TEXTS> = {
  failNetwork: 'No se ha podido conectar con el servidor. Compruebe la conexión e inténtelo de nuevo.',
  failTimeout: 'El servidor no ha respondido a tiempo. Inténtelo de nuevo.',
  failServer: 'El servidor no ha podido hacerlo ahora. Inténtelo de nuevo en un momento.',
  failUnreadable:
    'El servidor ha dado una respuesta inesperada. Recargue la página en otra pestaña para ver si la sesión sigue iniciada.',
  failSignedOut: 'La sesión ha terminado. Inicie sesión en otra pestaña e inténtelo aquí de nuevo.',
  failNoAdmin: 'Ya no administra esta organización. Pregunte a otra persona que la administre.',
  failClosed:
    'El plan ya no incluye estos tokens o está suspendido. Pregunte a quien lo gestione e inténtelo de nuevo.',
  failEnded:
    'El token ha caducado o se ha revocado entretanto, así que no se puede cambiar. Cierre esto y genere un sustituto igual desde su menú.',
  failConflict: 'Otra persona ha cambiado el token en el mismo momento. Cierre esto, revíselo e inténtelo de nuevo.',
  failGone: 'El token ya no existe, o usted ya no administra su organización.',
  failSecrets:
    'Demasiados secretos de este token siguen funcionando. Termine ahora los anteriores o espere a que terminen.',
  failSpent:
    'Ya se hizo, y su secreto no se puede volver a mostrar. Cierre esto y renueve el token para obtener un secreto nuevo.',
  failInput: 'Hay algo que aún no es correcto.',
  failStepUp: 'No se hizo: las reglas de la organización exigen que antes confirme su identidad.',
  failOwnRequest: 'Lo solicitó usted, así que debe decidir otra persona que administre.',
  failNothingRequested: 'Aquí ya no hay nada pendiente. Alguien ha decidido, se retiró o ha vencido.',
  failNotRequester: 'Solo puede hacerlo quien solicitó el token.',
  failOther: 'Se ha rechazado.',
  nothingLost: 'No se ha perdido nada de lo que ha escrito.',
  maybeDone:
    'No se sabe si se hizo. Intentarlo de nuevo con los mismos datos no lo hace dos veces; si antes cambia algo, mire primero la tabla.',
  tryAgain: 'Intentar de nuevo',
}
