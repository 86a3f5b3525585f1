/** The table of lines in docs/frameworks.md is counted from the page itself. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const page = readFileSync(new URL('../../docs/frameworks.md', import.meta.url), 'utf8')

/** Lines of the first block of a section, but for empty ones. */
function linesIn(heading: string): number {
  const section = page.split(new RegExp(`^#{2,3} ${heading.replace('.', '\\.')}$`, 'm'))[1] ?? ''
  const code = /```ts\n([\s\S]*?)```/.exec(section)?.[1] ?? ''
  return code.split('\n').filter((line) => line.trim() !== '').length
}

it('counts the lines of each section as they are', () => {
  const table = page.split('\n## Lines\n')[1]?.split('\n## ')[0] ?? ''
  const rows = [...table.matchAll(/^\| \[([\w. ]+)\]\(#[\w-]+\) \| (\d+) \|$/gm)]
  expect(rows.map(([, name]) => name)).toEqual([
    ...['Express', 'Fastify', 'Hono', 'Koa', 'Elysia', 'Node', 'Fetch', 'Next.js', 'SvelteKit', 'h3 and Nitro'],
    ...['tRPC', 'GraphQL', 'WebSockets', 'gRPC', 'AWS Lambda', 'Azure Functions'],
  ])
  expect(rows.map(([, name = '', lines]) => `${name} ${lines}`)).toEqual(
    rows.map(([, name = '']) => `${name} ${linesIn(name)}`),
  )
})
