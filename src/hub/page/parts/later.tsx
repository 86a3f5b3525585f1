/** Parts of the page that lie in a file of their own, which is loaded when one of them is first drawn, with the texts that such parts alone need. Where that fails, one is told. */
import { type ComponentChildren, type ComponentType, Fragment, h } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Unanswered } from '../api.ts'
import { useCall } from '../hooks.ts'
import { boot, readLaterWords, t } from '../hub.ts'
import { Dialog } from './dialog.tsx'
import { FailureNote } from './parts.tsx'

interface FrameProps {
  readonly children: ComponentChildren
}

/** A modal that is not there yet can be left all the same. */
export function InDialog({
  children,
  onClose,
}: FrameProps & { readonly onClose: (nothing: readonly never[]) => void }) {
  return (
    <Dialog title={t('working')} onLeave={() => onClose([])}>
      <div class="body">{children}</div>
    </Dialog>
  )
}

/** Makes what draws parts of a file. */
export function laterOf<Parts>(load: () => Promise<Parts>) {
  // Another page in its place, which a host may put there, has texts of its own to load.
  let loaded: { readonly parts: Parts; readonly page: typeof boot } | undefined
  const ready = (): Parts | undefined => (loaded?.page === boot ? loaded.parts : undefined)
  /** A browser says of a file no more than that it could not be loaded. */
  const loading = async (): Promise<Parts> => {
    const page = boot
    const [parts] = await Promise.all([ready() ?? load(), readLaterWords()]).catch(() => {
      throw new Unanswered('network')
    })
    loaded = { parts, page }
    return parts
  }
  /** @param Frame what is around it until it is there. */
  return <P extends object>(
    pick: (parts: Parts) => ComponentType<P>,
    Frame: ComponentType<P & FrameProps> = Fragment as ComponentType<P & FrameProps>,
  ): ((props: P) => ComponentChildren) =>
    (props) => {
      const [parts, setParts] = useState(ready)
      const call = useCall()
      const begin = async (): Promise<void> => setParts(await call.run(loading))
      useEffect(() => void (parts || begin()), [])
      if (parts) return h(pick(parts), props)
      const meanwhile = call.failure ? (
        <FailureNote failure={call.failure} onRetry={begin} />
      ) : (
        <p role="status">{t('working')}</p>
      )
      return h(Frame, props as P & FrameProps, meanwhile)
    }
}
