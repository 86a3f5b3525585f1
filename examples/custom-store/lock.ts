/** Keeps a second process out: a file that holds the number of the process that has the store. Only for processes of one machine. */
import { readFile, rm, writeFile } from 'node:fs/promises'
import { StoreError } from 'plan-access-tokens'

/** Takes the lock, also one that a process left behind when it died. Throws StoreError if its process still runs. */
export async function lockFile(path: string): Promise<{ release(): Promise<void> }> {
  try {
    await writeFile(path, String(process.pid), { flag: 'wx' })
    return { release: () => rm(path) }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const holder = Number(await readFile(path, 'utf8'))
  if (isRunning(holder)) throw new StoreError('store_unsuitable', `Process ${holder} has this store. Stop it first.`)
  await rm(path)
  return lockFile(path)
}

function isRunning(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0)
  } catch (error) {
    // One that we may not ask runs as well.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
