/**
 * A process in which the command line is loaded once and runs one command after the other, for tests to which it is the same whether
 * a command has a process of its own. Each gets its folder, variables, arguments and input, and modules of its project that are
 * fresh (fresh-modules.mjs). Whoever connects to the socket sends one line of JSON and reads the answer. Node reads this file as it is.
 */
import { createRequire, register } from 'node:module'
import { createServer } from 'node:net'
import { sep } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { inspect } from 'node:util'

const [, , bin, projects, socket] = process.argv

/** How many commands there have been, as the thread that finds modules reads it. */
const count = new Int32Array(new SharedArrayBuffer(4))
register('./fresh-modules.mjs', import.meta.url, { data: { count, projects: pathToFileURL(projects + sep).href } })

const { main } = await import(new URL('main.js', pathToFileURL(bin)).href)
const { cache } = createRequire(bin)

/** What `process.exit` throws in place of an end. */
const ENDED = Symbol('ended')

/** Runs a command to its end. */
async function run({ args, cwd, env, input }) {
  Atomics.add(count, 0, 1)
  process.chdir(cwd)
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name]
  Object.assign(process.env, env)
  process.argv = [process.execPath, bin, ...args]
  const stdin = new Readable({ read: () => undefined })
  stdin.push(input)
  stdin.push(null)
  Object.defineProperty(process, 'stdin', { value: stdin, configurable: true })
  process.exitCode = undefined
  const { exit } = process
  process.exit = (code = process.exitCode) => {
    process.exitCode = code
    throw ENDED
  }
  const streams = ['stdout', 'stderr'].map(captured)
  await main(args).catch((thrown) => {
    if (thrown === ENDED) return
    // As Node does it for a process of its own; the next command is none the wiser.
    process.exitCode = 1
    process.stderr.write(inspect(thrown))
  })
  process.exit = exit
  for (const signal of ['SIGINT', 'SIGTERM']) process.removeAllListeners(signal)
  // TypeScript that jiti has loaded.
  for (const path of Object.keys(cache)) if (path.startsWith(cwd)) delete cache[path]
  const [stdout, stderr] = streams.map((end) => end())
  return { code: process.exitCode ?? 0, stdout, stderr }
}

/** Takes what is written to a stream, and gives it when the function is called. */
function captured(name) {
  const stream = process[name]
  const { write } = stream
  let text = ''
  stream.write = (chunk, encoding, done = encoding) => {
    text += chunk
    if (typeof done === 'function') queueMicrotask(done)
    return true
  }
  return () => {
    stream.write = write
    stream.removeAllListeners('error')
    return text
  }
}

let last = Promise.resolve()
createServer((connection) => {
  createInterface(connection).once('line', (line) => {
    last = last.then(async () => connection.end(JSON.stringify(await run(JSON.parse(line)))))
  })
}).listen(socket, () => process.send('listens'))
process.once('disconnect', () => process.exit())
