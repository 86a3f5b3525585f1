/**
 * Saves an export of the log, part by part. Where the browser writes files itself, what has come is on the disk and the file is there
 * only once it is whole; elsewhere it is gathered in memory up to a limit. What is not whole is never saved.
 */
import { persistently } from '../api.ts'
import { type LogQuery, planApi } from './calls.ts'

export type ExportFormat = 'csv' | 'ndjson'

/** Where the text goes. */
export interface Sink {
  write(text: string): Promise<unknown>
  /** All of it has come: now it is a file. */
  finish(): Promise<unknown>
  /** Nothing is kept. */
  drop(): Promise<unknown>
}

/** How far it has come. */
export interface Progress {
  readonly count: number
  /** Epoch milliseconds. */
  readonly at?: number
}

const TYPES: { readonly [F in ExportFormat]: string } = { csv: 'text/csv', ndjson: 'application/x-ndjson' }
/** How many characters are gathered in memory. */
const MOST_IN_MEMORY = 268_435_456

/** The export is longer than what is kept in memory. */
export class TooLong extends Error {}

/** What Chromium has (File System Access); nowhere in TypeScript's own library. */
interface Picker {
  showSaveFilePicker?(options: object): Promise<{ createWritable(): Promise<FileSystemWritableFileStream> }>
}

/**
 * Asks where to save. Only in the turn of a click; `undefined` if the person would rather not.
 *
 * @throws whatever the browser has against it.
 */
export async function openSink(name: string, format: ExportFormat): Promise<Sink | undefined> {
  const { showSaveFilePicker } = globalThis as Picker
  if (!showSaveFilePicker) return memorySink(name, format)
  try {
    const types = [{ accept: { [TYPES[format]]: [`.${format}`] } }]
    const handle = await showSaveFilePicker.call(globalThis, { suggestedName: name, types })
    const file = await handle.createWritable()
    return { write: (text) => file.write(text), finish: () => file.close(), drop: () => file.abort() }
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return undefined
    // A browser may have the picker and not allow it, as in a frame.
    return memorySink(name, format)
  }
}

function memorySink(name: string, format: ExportFormat): Sink {
  // Blobs may lie on the disk, long texts do not.
  let whole = new Blob([], { type: TYPES[format] })
  let length = 0
  return {
    async write(text) {
      length += text.length
      if (length > MOST_IN_MEMORY) throw new TooLong()
      whole = new Blob([whole, text], { type: TYPES[format] })
    },
    async finish() {
      const link = document.createElement('a')
      link.href = URL.createObjectURL(whole)
      link.download = name
      link.click()
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
    },
    async drop() {
      whole = new Blob()
    },
  }
}

/** An export under way: what fails can be gone on with from the part that failed. */
export function startExport(query: LogQuery, format: ExportFormat, sink: Sink) {
  let after: string | undefined
  let count = 0
  /** Whether every part is written. */
  let isThrough = false
  let isOver = false
  return {
    /** Goes on until all is saved. Gives how many entries that were; `undefined` if it was stopped. */
    async run(tell: (progress: Progress) => void): Promise<number | undefined> {
      while (!isOver) {
        if (isThrough) {
          await sink.finish()
          isOver = true
          return count
        }
        const asked = { ...query, format, ...(after !== undefined && { after }) }
        const part = await persistently(() => planApi.exportLog(asked))
        if (isOver) break
        await sink.write(part.text)
        count += part.count
        tell({ count, ...(part.at !== undefined && { at: part.at }) })
        after = part.next
        isThrough = after === undefined
      }
      return undefined
    },
    async stop(): Promise<void> {
      if (isOver) return
      isOver = true
      await sink.drop().catch(() => undefined)
    },
  }
}

export type Exporting = ReturnType<typeof startExport>
