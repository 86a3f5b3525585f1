#!/usr/bin/env node
/**
 * Firefox as Playwright starts it, by the path in `FIREFOX_PROGRAM`: between the two stands this, since Playwright asks for
 * `emulation.setMediaFeaturesOverride` of WebDriver BiDi at each context, and a stock Firefox does not have it yet. It is
 * answered here; everything else is handed on as it is. What people ask for (less motion) is told by Firefox's own preferences.
 */
import { spawn } from 'node:child_process'
import { WebSocket, WebSocketServer } from 'ws'

const UNKNOWN_TO_FIREFOX = new Set(['emulation.setMediaFeaturesOverride'])

const firefox = spawn(process.env.FIREFOX_PROGRAM, process.argv.slice(2), { stdio: ['ignore', 'ignore', 'pipe'] })
firefox.on('error', (error) => {
  process.stderr.write(`${error}\n`)
  process.exit(1)
})
firefox.on('exit', (status) => process.exit(status ?? 1))
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => firefox.kill(signal))

let isListening = false
firefox.stderr.on('data', (text) => {
  const [, address] = /WebDriver BiDi listening on (ws:\/\/\S+)/.exec(text) ?? []
  if (address === undefined || isListening) return void process.stderr.write(text)
  isListening = true
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 }, () =>
    process.stderr.write(`WebDriver BiDi listening on ws://127.0.0.1:${server.address().port}\n`),
  )
  server.on('connection', (playwright) => between(playwright, new WebSocket(`${address}/session`)))
})

/** Hands on what each says to the other, in its order; what Firefox does not know is answered in its place. */
function between(playwright, browser) {
  const isOpen = new Promise((resolve) => browser.once('open', resolve))
  playwright.on('message', async (message) => {
    const { id, method } = JSON.parse(message)
    if (UNKNOWN_TO_FIREFOX.has(method)) return playwright.send(JSON.stringify({ type: 'success', id, result: {} }))
    await isOpen
    browser.send(String(message))
  })
  browser.on('message', (message) => playwright.send(String(message)))
  browser.on('close', () => playwright.close())
  playwright.on('close', () => browser.close())
  for (const end of [playwright, browser]) end.on('error', () => end.terminate())
}
