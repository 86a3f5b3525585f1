/** Writes files that are not there, all or none: what cannot be written to its end is taken back. */
import { mkdirSync, rmdirSync, unlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Draft } from './files.ts'

/** Writes them below a folder. Never overwrites: a file that came meanwhile is an error. */
export function writeAll(folder: string, drafts: readonly Draft[]): void {
  const undo: (() => void)[] = []
  try {
    for (const { file, text } of drafts) {
      const path = join(folder, file)
      const made = mkdirSync(dirname(path), { recursive: true })
      if (made !== undefined) undo.push(() => rmdirSync(made))
      // The file is there from here on, even if the disk is full.
      writeFileSync(path, '', { flag: 'wx' })
      undo.push(() => unlinkSync(path))
      writeFileSync(path, text)
    }
  } catch (thrown) {
    for (const step of undo.reverse()) {
      try {
        step()
      } catch {}
    }
    throw thrown
  }
}
