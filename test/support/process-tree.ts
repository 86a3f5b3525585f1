/** Stops, continues and kills a process and those that it has started. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** SIGSTOP for a process and those that it has started: connections stay open and nobody is answered. Returns them. */
export function hangTree(main: number): readonly number[] {
  // First the one that makes new processes, so that none is missed.
  process.kill(main, 'SIGSTOP')
  const all = [main, ...childrenOf(main)]
  signal(all, 'SIGSTOP')
  return all
}

/** Sends a signal to each process that is still there. */
export function signal(pids: readonly number[], name: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
}

/** The processes that a process has started. */
function childrenOf(parent: number): number[] {
  const pairs = existsSync('/proc/self/stat') ? pairsInProc() : pairsByPs()
  return pairs.filter(([, above]) => above === parent).map(([pid]) => pid)
}

type Pair = readonly [pid: number, parent: number]

function pairsInProc(): Pair[] {
  return readdirSync('/proc').flatMap((name): Pair[] => {
    if (!/^\d+$/.test(name)) return []
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
      // The name of the program, in brackets, may hold anything; the state and the parent follow it.
      return [[Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])]]
    } catch {
      // It has ended meanwhile.
      return []
    }
  })
}

function pairsByPs(): Pair[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
  return stdout
    .trim()
    .split('\n')
    .map((line): Pair => line.trim().split(/\s+/).map(Number) as unknown as Pair)
}
