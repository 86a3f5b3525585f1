/**
 * Forms, log, charts and what a token is used for, which lie in a file of their own (later-parts.ts): it is loaded when one of them is
 * first drawn, with the texts that they alone need. Where that fails, one is told.
 */
import { type ComponentChildren, type ComponentType, Fragment, h } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Unanswered } from './api.ts'
import { useCall } from './hooks.ts'
import { boot, readLaterWords, t } from './hub.ts'
import { Dialog } from './parts/dialog.tsx'
import { FailureNote } from './parts/parts.tsx'

interface FrameProps {
  readonly children: ComponentChildren
}

type ModalProps = FrameProps & { readonly onClose: (nothing: readonly never[]) => void }

/** A modal that is not there yet can be left all the same. */
function InDialog({ children, onClose }: ModalProps) {
  return (
    <Dialog title={t('working')} onLeave={() => onClose([])}>
      <div class="body">{children}</div>
    </Dialog>
  )
}

/** A form that is not there yet is as large as it will be, so that nothing jumps. */
function InForm({ children, onClose }: ModalProps) {
  return (
    <Dialog title={t('working')} isWide isTall onLeave={() => onClose([])}>
      <div class="body">{children}</div>
    </Dialog>
  )
}

/** The one with a rail beside it is wider. */
function InWizard({ children, onClose }: ModalProps) {
  return (
    <InForm onClose={onClose}>
      {children}
      <div class="rail" hidden />
    </InForm>
  )
}

type Parts = typeof import('./later-parts.ts')

// Another page in its place, which a host may put there, has texts of its own to load.
let loaded: { readonly parts: Parts; readonly page: typeof boot } | undefined
const ready = (): Parts | undefined => (loaded?.page === boot ? loaded.parts : undefined)

/** A browser says of a file no more than that it could not be loaded. */
async function load(): Promise<Parts> {
  const page = boot
  const [parts] = await Promise.all([ready() ?? import('./later-parts.ts'), readLaterWords()]).catch(() => {
    throw new Unanswered('network')
  })
  loaded = { parts, page }
  return parts
}

/**
 * A part of that file.
 *
 * @param Frame what is around it until it is there.
 */
const later =
  <P extends object>(
    pick: (parts: Parts) => ComponentType<P>,
    Frame: ComponentType<P & FrameProps> = Fragment as ComponentType<P & FrameProps>,
  ): ((props: P) => ComponentChildren) =>
  (props) => {
    const [parts, setParts] = useState(ready)
    const call = useCall()
    const begin = async (): Promise<void> => setParts(await call.run(load))
    useEffect(() => void (parts || begin()), [])
    if (parts) return h(pick(parts), props)
    const meanwhile = call.failure ? (
      <FailureNote failure={call.failure} onRetry={begin} />
    ) : (
      <p role="status">{t('working')}</p>
    )
    return h(Frame, props as P & FrameProps, meanwhile)
  }

export const Wizard = later(({ Wizard }) => Wizard, InWizard)
export const Edit = later(({ Edit }) => Edit, InForm)
export const Waiting = later(({ Waiting }) => Waiting)
export const Log = later(({ Log }) => Log)
export const Usage = later(({ Usage }) => Usage)
export const Whose = later(({ Whose }) => Whose, InDialog)
export const RevokeMany = later(({ RevokeMany }) => RevokeMany, InDialog)
export const TryIt = later(({ TryIt }) => TryIt)
export const Use = later(({ Use }) => Use)
