/** The application on workerd, and so on Cloudflare Workers. To run it: workerd.ts, with worker.capnp. */
import { app, secretToTry } from './app.ts'

let shown: Promise<void> | undefined

/** Prints a secret with the first request, since a worker has no randomness before that. */
async function show(origin: string): Promise<void> {
  console.log(`Listening. Try:\n  curl -i -H 'X-Figma-Token: ${await secretToTry()}' ${origin}/v1/files/LANDING`)
}

export default {
  async fetch(request: Request): Promise<Response> {
    shown ??= show(new URL(request.url).origin)
    await shown
    return app.fetch(request)
  },
}
