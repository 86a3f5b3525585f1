/** The mark of a scope that should not be used any more, and what to use. */
import { t } from '../hub.ts'

export function Deprecated({ why }: { readonly why: string }) {
  return (
    <span>
      <span class="badge soon">{t('deprecated')}</span> {why}
    </span>
  )
}
