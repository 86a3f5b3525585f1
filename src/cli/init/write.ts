/** Writes files that are not there, all or none: what cannot be written to its end is taken back. */
import { lstatSync, mkdirSync, rmdirSync, unlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { CliError } from '../exit.ts'
import type { Draft } from './files.ts'

/** Writes them below a folder. Never overwrites: a file that came meanwhile is an error. Never through a link, which may lead anywhere. */
export function writeAll(folder: string, drafts: readonly Draft[]): void {
  for (const { file } of drafts) refuseLinks(folder, file)
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

/** Looks at every part of a path below the folder: one that is a link leads out of the project, or may be made to. */
function refuseLinks(folder: string, file: string): void {
  let part = file
  for (; part !== '.'; part = dirname(part))
    if (lstatSync(join(folder, part), { throwIfNoEntry: false })?.isSymbolicLink())
      throw new CliError(
        'files',
        'link_in_the_way',
        `${part} is a symbolic link, through which nothing is written. Put a folder or a file in its place.`,
      )
}
