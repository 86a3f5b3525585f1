/** `completion`: prints a script that completes commands, flags and their values in a shell. */
import tab from '@bomb.sh/tab/commander'
import type { Command } from 'commander'

/** Adds the command, and the hidden one that its scripts call. */
export function addCompletion(program: Command): void {
  tab(program, { completionCommandName: 'completion' })
  const [completion] = program.commands.filter((one) => one.name() === 'completion')
  completion
    ?.description('prints a script that completes commands and flags in a shell')
    .addHelpText('after', '\nExample:\n  $ source <(npx plan-access-tokens completion bash)')
}
