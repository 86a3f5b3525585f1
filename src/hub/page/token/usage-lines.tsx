/** How a token of a type is used, as lines to take over. They read the secret out of a variable, so they hold none. */
import { useId, useState } from 'preact/hooks'
import { boot, own, t } from '../hub.ts'
import { CopyText } from '../parts/copy-text.tsx'
import { Tabs, tabId } from '../parts/tabs.tsx'

/** The lines of a type, one tab for each place where they belong. */
export function UsageLines({ type }: { readonly type: string }) {
  const usages = own(boot.usages, type) ?? []
  const id = useId()
  const [chosen, setChosen] = useState('0')
  const usage = usages[Number(chosen)]
  if (!usage) return null
  return (
    <section class="to-take">
      <h3>{t('secretUse')}</h3>
      <Tabs
        label={t('secretUse')}
        panel={id}
        tabs={usages.map(({ file }, at) => ({ name: String(at), label: file }))}
        chosen={chosen}
        onChoose={setChosen}
      />
      <div role="tabpanel" id={id} aria-labelledby={tabId(id, chosen)}>
        <p class="hint">{t('usageVariable', { variable: usage.variable })}</p>
        <CopyText key={usage.file} text={usage.text} label={usage.file} />
      </div>
    </section>
  )
}
