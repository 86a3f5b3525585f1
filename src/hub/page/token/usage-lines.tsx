/** How a token of a type is used, as lines to take over. They read the secret out of a variable, so they hold none. */
import { boot, own, t } from '../hub.ts'

/** The lines of a type, folded. */
export function UsageLines({ type }: { readonly type: string }) {
  const usages = own(boot.usages, type) ?? []
  if (usages.length === 0) return null
  return (
    <details>
      <summary>{t('secretUse')}</summary>
      {usages.map(({ file, text }) => (
        <figure key={file}>
          {file !== 'sh' && <figcaption>{file}</figcaption>}
          <pre>{text}</pre>
        </figure>
      ))}
    </details>
  )
}
