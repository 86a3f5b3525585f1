/** docs/cli.md and the help of the command line say the same: every command with its example and its flags, and the exit codes. */
import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { expect, it } from 'vitest'
import { EXIT_CODES } from '../../src/cli/exit.ts'
import { createProgram } from '../../src/cli/program.ts'
import { ROOT, readPage } from './markdown.ts'

const file = 'docs/cli.md'
const text = readFileSync(ROOT + file, 'utf8')
const page = readPage(file, text)
const program = createProgram()
const commands = program.commands.filter((command) => !['help', 'complete'].includes(command.name()))

const rowsUnder = (heading: string): readonly string[] =>
  page.tables.filter((table) => table.heading === heading).flatMap(({ rows }) => rows.map((row) => row.join(' | ')))

/** The flags of a command as the page has them. */
const flagsOf = (command: Command): readonly string[] =>
  command.options.map(({ flags, description, argChoices }) => {
    const choices = argChoices ? ` (${argChoices.map((choice) => `\`${choice}\``).join(', ')})` : ''
    return `\`${flags}\` | ${description}${choices}`
  })

const common = flagsOf(commands.find((command) => command.name() === 'show') as Command)

it('the page has every command, in the order of the help, and no other', () => {
  const first = page.headings.indexOf('What every command takes') + 1
  expect(page.headings.slice(first)).toEqual(commands.map((command) => command.name()))
})

it.each(commands.map((command) => ({ command, name: command.name() })))(
  'the page has the flags and the example of $name',
  ({ command, name }) => {
    const own = flagsOf(command).filter((flag) => !common.includes(flag))
    expect(rowsUnder(name)).toEqual(own)
    const shown: string[] = []
    command.configureOutput({ writeOut: (part) => void shown.push(part) }).outputHelp()
    const example = /Example:\n {2}\$ (.*)\n/.exec(shown.join(''))?.[1]
    expect(example).toContain(name)
    const section = text.slice(text.indexOf(`\n## ${name}\n`))
    expect(section.slice(0, section.indexOf('\n## ', 1) >>> 0)).toContain(`\`\`\`sh\n${example}\n\`\`\``)
  },
)

it('the page has what every command takes, and the exit codes', () => {
  expect(rowsUnder('What every command takes')).toEqual(common)
  expect(rowsUnder('Exit codes')).toEqual(Object.values(EXIT_CODES).map(({ code, when }) => `${code} | ${when}`))
})
