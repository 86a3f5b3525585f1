/** The export of what the log shows: which form, where to, how far it has come; it can be stopped, and then nothing is saved. */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { BootPlan } from '../../boot.ts'
import { dayOf } from '../format.ts'
import { useCall } from '../hooks.ts'
import { count, now, t } from '../hub.ts'
import { Dialog } from '../parts/dialog.tsx'
import { Action, FailureNote } from '../parts/parts.tsx'
import { type ExportFormat, type Exporting, openSink, type Progress, startExport, TooLong } from './export.ts'
import { EVERYTHING, type LogChoice, queryOf } from './log-filter.ts'

interface ExportProps {
  readonly plan: BootPlan
  readonly choice: LogChoice
  readonly onClose: () => void
}

const FORMATS = [
  ['csv', 'exportCsv', 'exportCsvHint'],
  ['ndjson', 'exportNdjson', 'exportNdjsonHint'],
] as const

export function Export({ plan, choice, onClose }: ExportProps) {
  const [format, setFormat] = useState<ExportFormat>('csv')
  const [progress, setProgress] = useState<Progress>()
  const [saved, setSaved] = useState<number>()
  const [isTooLong, setTooLong] = useState(false)
  const underWay = useRef<Exporting>(undefined)
  const call = useCall()
  useEffect(() => () => void underWay.current?.stop(), [])
  const run = async (): Promise<void> => {
    const exporting = underWay.current
    if (!exporting) return
    const saving = async (): Promise<number | undefined> => {
      try {
        return await exporting.run(setProgress)
      } catch (error) {
        if (!(error instanceof TooLong)) throw error
        await exporting.stop()
        setTooLong(true)
        return undefined
      }
    }
    setSaved(await call.run(saving))
  }
  const start = async (): Promise<void> => {
    const day = new Date(now()).toISOString().slice(0, 10)
    const name = `audit-log-${plan.id.replaceAll(/[^\w-]/g, '_')}-${day}.${format}`
    const sink = await openSink(name, format)
    if (!sink) return
    setProgress({ count: 0 })
    underWay.current = startExport(queryOf(plan.id, choice), format, sink)
    await run()
  }
  const leave = (): void => {
    underWay.current?.stop()
    onClose()
  }
  const isRunning = progress !== undefined && saved === undefined && !isTooLong
  const isFiltered = JSON.stringify(choice) !== JSON.stringify(EVERYTHING)
  return (
    <Dialog title={t('exportTitle')} onLeave={leave}>
      <div class="body">
        <p>{t(isFiltered ? 'exportLeadFound' : 'exportLead')}</p>
        {!progress && (
          <fieldset>
            <legend>{t('exportFormat')}</legend>
            {FORMATS.map(([name, label, hint]) => (
              <div key={name} class="choice">
                <input
                  type="radio"
                  id={`format-${name}`}
                  name="format"
                  aria-describedby={`format-${name}-hint`}
                  checked={format === name}
                  onChange={() => setFormat(name)}
                />
                <div>
                  <label for={`format-${name}`}>{t(label)}</label>
                  <p class="hint" id={`format-${name}-hint`}>
                    {t(hint)}
                  </p>
                </div>
              </div>
            ))}
          </fieldset>
        )}
        {isRunning && <progress aria-label={t('exportTitle')} />}
        <p role="status">
          {isTooLong
            ? t('exportTooLong')
            : saved !== undefined
              ? count(saved, 'exportSaved')
              : progress &&
                `${count(progress.count, 'exportCount')} ${progress.at ? t('exportAt', { date: dayOf(progress.at) }) : ''}`}
        </p>
        <FailureNote failure={call.failure} onRetry={run} />
        {call.failure && <p class="hint">{t('exportNotWhole')}</p>}
      </div>
      <footer>
        <Action onClick={leave}>{t(isRunning ? 'exportStop' : saved === undefined ? 'cancel' : 'close')}</Action>
        {!progress && (
          <Action look="main" onClick={start}>
            {t('exportGo')}
          </Action>
        )}
      </footer>
    </Dialog>
  )
}
