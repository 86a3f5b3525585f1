/**
 * The server of a page that is drawn in the browser: what the hub's page needs as JSON at `/tokens.json`, its files and its API below
 * its path, and two pages that show it, by a custom element and by a component.
 */
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { HubHandler } from 'plan-access-tokens/hub'

const PAGES: { readonly [path: string]: string } = {
  '/element':
    '<plan-access-tokens src="/tokens.json"></plan-access-tokens><script type="module" src="/element.js"></script>',
  '/component': '<div id="root"></div><script type="module" src="/view.js"></script>',
}

/** Makes it, over a hub whose path is `basePath`. */
export async function createApp(hub: HubHandler, basePath: string): Promise<(request: Request) => Promise<Response>> {
  const scripts = new Map<string, string>(
    await Promise.all([bundle('element.ts'), bundle('view.tsx')]).then(([element, view]) => [
      ['/element.js', element] as const,
      ['/view.js', view] as const,
    ]),
  )
  return async (request) => {
    const { pathname } = new URL(request.url)
    if (pathname.startsWith(`${basePath}/`)) return hub(request)
    if (pathname === '/tokens.json') {
      const { headers, ...parts } = await hub.parts(request)
      return Response.json(parts, { headers })
    }
    const script = scripts.get(pathname)
    if (script !== undefined) return new Response(script, { headers: { 'Content-Type': 'text/javascript' } })
    const html = PAGES[pathname]
    if (html === undefined) return new Response('Not found', { status: 404 })
    return new Response(`<!doctype html><html lang="en"><title>Acme</title>${html}`, {
      headers: { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': "default-src 'self'" },
    })
  }
}

async function bundle(file: string): Promise<string> {
  const { outputFiles } = await build({
    ...{ entryPoints: [fileURLToPath(new URL(file, import.meta.url))], bundle: true, write: false, format: 'esm' },
    ...{ jsx: 'automatic', jsxImportSource: 'preact', target: 'es2022' },
  })
  return outputFiles[0]?.text ?? ''
}
