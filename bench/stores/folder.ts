/**
 * One temporary folder for everything that a benchmark starts, and a process beside it that waits for the benchmark's end, however
 * it comes about, ends the servers that are left by their process ids, and removes the folder.
 */
import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The files in which servers write their process ids. */
const PID_FILES = new Set(['postmaster.pid', 'redis.pid', 'pid'])

/** Makes the folder and lets all that comes after make its own in it. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'plan-tokens-bench-'))
  // PostgreSQL runs as another user where this is run by root.
  chmodSync(folder, 0o755)
  process.env.TMPDIR = folder
  // Ctrl-C reaches all processes of a group, so this one is in none of ours. Its input ends when this process does.
  const cleaner = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(import.meta.url), folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  cleaner.unref()
  return folder
}

function clean(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile() && PID_FILES.has(entry.name))
      end(Number.parseInt(readFileSync(join(entry.parentPath, entry.name), 'utf8'), 10))
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 })
}

function end(pid: number): void {
  try {
    // Below 2 is whole groups of processes, and the first of all.
    if (pid > 1) process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended.
  }
}

const [folder] = process.argv.slice(2)
if (import.meta.url === `file://${process.argv[1]}` && folder !== undefined)
  process.stdin.resume().once('close', () => clean(folder))
