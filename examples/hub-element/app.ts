/**
 * The server of a page that is drawn in the browser: what the hub's page needs as JSON at `/tokens.json`, its files and its API below
 * its path, and two pages that show it, by a custom element and by a component of React.
 */
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { HubHandler } from 'plan-access-tokens/hub'

/** What an application is made of. */
interface AppOptions {
  /** The path of the hub's page. */
  readonly basePath: string
  /** The organizations and the languages between which the component changes. */
  readonly plans?: readonly string[]
  readonly languages?: readonly string[]
  /** A folder of packages with `react` and `react-dom`, where they are not beside this example. */
  readonly packages?: string
}

const SCRIPTS: { readonly [path: string]: string } = { '/element.js': 'element.ts', '/view.js': 'view.tsx' }

/** Makes it, over a hub. */
export function createApp(hub: HubHandler, options: AppOptions): (request: Request) => Promise<Response> {
  const { basePath, plans = [], languages = ['en'], packages } = options
  const pages: { readonly [path: string]: string } = {
    '/element':
      '<plan-access-tokens src="/tokens.json"></plan-access-tokens><script type="module" src="/element.js"></script>',
    '/component': `<div id="root" data-plans="${plans.join(' ')}" data-languages="${languages.join(' ')}"></div><script type="module" src="/view.js"></script>`,
  }
  const scripts = new Map<string, string>()
  return async (request) => {
    const { pathname } = new URL(request.url)
    if (pathname.startsWith(`${basePath}/`)) return hub(request)
    if (pathname === '/tokens.json') {
      const { headers, ...parts } = await hub.parts(request)
      return Response.json(parts, { headers })
    }
    const source = SCRIPTS[pathname]
    if (source !== undefined) {
      const script = scripts.get(pathname) ?? (await bundle(source, packages))
      scripts.set(pathname, script)
      return new Response(script, { headers: { 'Content-Type': 'text/javascript' } })
    }
    const html = pages[pathname]
    if (html === undefined) return new Response('Not found', { status: 404 })
    return new Response(`<!doctype html><html lang="en"><title>Acme</title>${html}`, {
      headers: { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': "default-src 'self'" },
    })
  }
}

async function bundle(file: string, packages: string | undefined): Promise<string> {
  const { outputFiles } = await build({
    ...{ entryPoints: [fileURLToPath(new URL(file, import.meta.url))], bundle: true, write: false, format: 'esm' },
    ...{ jsx: 'automatic', target: 'es2022', define: { 'process.env.NODE_ENV': '"development"' } },
    ...(packages !== undefined && { nodePaths: [packages] }),
  })
  return outputFiles[0]?.text ?? ''
}
