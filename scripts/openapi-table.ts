/**
 * `npx tsx scripts/openapi-table.ts`: reads the documents of test/openapi/documents/documents.ts, each in a process of its own, and
 * writes their table into docs/openapi.md. OPENAPI_DOCUMENTS names the folder in which they are installed; without it, a
 * temporary one is made.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { policyFromOpenApi } from 'plan-access-tokens/openapi'
import { DOCUMENTS, pathOf, VERSIONS, versionOf } from '../test/openapi/documents/documents.ts'
import { HEAD, rowOf, withTable } from '../test/openapi/documents/table.ts'

const script = fileURLToPath(import.meta.url)
const page = fileURLToPath(new URL('../docs/openapi.md', import.meta.url))
const [one] = process.argv.slice(2)

/** One document: its row, measured in this process, which does nothing else. */
async function measured(name: string): Promise<string> {
  const document = DOCUMENTS.find((known) => known.name === name)
  const path = document && pathOf(document)
  if (!document || path === undefined) throw new Error(`There is no document "${name}".`)
  const text = readFileSync(path, 'utf8')
  // Time of the processor, since other work on the machine would count in time of the clock.
  const before = process.cpuUsage()
  const { report } = await policyFromOpenApi(text, document.overrides)
  const { user, system } = process.cpuUsage(before)
  const seconds = ((user + system) / 1_000_000).toFixed(1)
  const megabytes = String(Math.round(process.resourceUsage().maxRSS / 1024))
  const size = (Buffer.byteLength(text) / 1_000_000).toFixed(1)
  return [
    ...rowOf(document.name, `${document.from} ${versionOf(document)}`, report.counts),
    size,
    seconds,
    megabytes,
  ].join(' | ')
}

function all(): void {
  const made =
    process.env.OPENAPI_DOCUMENTS === undefined ? mkdtempSync(join(tmpdir(), 'openapi-documents-')) : undefined
  try {
    const packages = Object.entries(VERSIONS).map((pair) => pair.join('@'))
    const install = [
      'install',
      '--prefix',
      made ?? '',
      '--no-audit',
      '--no-fund',
      '--ignore-scripts',
      '--loglevel=error',
    ]
    if (made !== undefined) execFileSync('npm', [...install, ...packages], { stdio: 'inherit' })
    const env = { ...process.env, ...(made !== undefined && { OPENAPI_DOCUMENTS: made }) }
    const rows = DOCUMENTS.map(({ name }) => {
      const row = execFileSync(process.execPath, ['--import', 'tsx', script, name], { env, encoding: 'utf8' }).trim()
      console.log(row)
      return `| ${row} |`
    })
    writeFileSync(page, withTable(readFileSync(page, 'utf8'), [...HEAD, ...rows]))
  } finally {
    if (made !== undefined) rmSync(made, { recursive: true })
  }
}

if (one === undefined) all()
else console.log(await measured(one))
