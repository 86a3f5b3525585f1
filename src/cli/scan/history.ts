/**
 * Secrets in the whole history of a git repository: every file, message and tag that any branch, tag or stash leads to, each looked
 * at once, through `git cat-file --batch`. The working files: scan/files.ts.
 */
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Writable } from 'node:stream'
import type { Place, Watcher } from './files.ts'
import { createFinder, type Finder, type Found } from './finder.ts'
import { git, startGit } from './git.ts'

/** Looks at the history of the repository that a folder lies in. */
export async function scanHistory(
  folder: string,
  prefixes: ReadonlySet<string>,
  watcher: Watcher,
): Promise<readonly Place[]> {
  await git(folder, ['rev-parse', '--git-dir'])
  const names = await objectsOf(folder)
  const places: Place[] = []
  let count = 0
  for await (const { id, type, finder } of contentsOf(folder, [...names.keys()], prefixes)) {
    for (const found of finder.end()) places.push(await placeOf(folder, id, type, names.get(id) ?? '', found))
    watcher.looked(++count)
  }
  return places
}

/** Every object by its id, with the path under which it is in a commit; nothing for commits and tags. */
async function objectsOf(folder: string): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>()
  const { child: listing, ended } = startGit(folder, ['rev-list', '--objects', '--all', '--reflog'])
  for await (const line of createInterface({ input: listing.stdout, crlfDelay: Infinity })) {
    const space = line.indexOf(' ')
    if (space === -1) names.set(line, '')
    else names.set(line.slice(0, space), line.slice(space + 1))
  }
  await ended
  return names
}

interface Content {
  readonly id: string
  readonly type: string
  readonly finder: Finder
}

/** The contents of objects, each read to its end before the next. Trees hold nothing but names and are passed over. */
async function* contentsOf(
  folder: string,
  ids: readonly string[],
  prefixes: ReadonlySet<string>,
): AsyncGenerator<Content> {
  const { child: reading, ended } = startGit(folder, ['cat-file', '--batch', '--buffer'])
  reading.stdin.on('error', () => undefined)
  const sent = sendAll(reading.stdin, ids)
  let head = Buffer.alloc(0)
  let left = -1
  let current: Content | undefined
  for await (const chunk of reading.stdout as AsyncIterable<Buffer>) {
    let rest = chunk
    while (rest.length > 0) {
      if (left < 0) {
        const end = rest.indexOf(10)
        head = Buffer.concat([head, end === -1 ? rest : rest.subarray(0, end)])
        if (end === -1) break
        rest = rest.subarray(end + 1)
        const [id = '', type = '', size] = head.toString('latin1').split(' ')
        head = Buffer.alloc(0)
        if (size === undefined) continue
        current = { id, type, finder: createFinder(prefixes) }
        // A line end follows the content.
        left = Number(size) + 1
      }
      const part = rest.subarray(0, left)
      rest = rest.subarray(part.length)
      left -= part.length
      if (current && current.type !== 'tree') current.finder.write(part)
      if (left > 0) continue
      left = -1
      if (current) yield current
    }
  }
  await sent
  await ended
}

async function sendAll(stdin: Writable, ids: readonly string[]): Promise<void> {
  for (const id of ids) if (!stdin.write(`${id}\n`)) await Promise.race([once(stdin, 'drain'), once(stdin, 'close')])
  stdin.end()
}

async function placeOf(folder: string, id: string, type: string, path: string, found: Found): Promise<Place> {
  if (type !== 'blob') return { ...found, file: `(${type} message)`, commit: id.slice(0, 10) }
  // The oldest commit that has it.
  const which = ['--all', '--reflog', '--reverse', `--find-object=${id}`]
  const log = await git(folder, ['log', '--format=%H', '--no-ext-diff', '--no-textconv', ...which]).catch(() => '')
  const [commit = ''] = log.split('\n')
  return { ...found, file: path, ...(commit !== '' && { commit: commit.slice(0, 10) }) }
}
