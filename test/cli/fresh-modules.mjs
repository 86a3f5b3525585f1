/** How Node finds modules for command-host.mjs: those of a project are loaded anew for each command, as in a process of its own. */
let count
let projects

export function initialize(data) {
  ;({ count, projects } = data)
}

export async function resolve(specifier, context, next) {
  const found = await next(specifier, context)
  const isOfProject = found.url.startsWith(projects) && !found.url.startsWith(`${projects}node_modules/`)
  return isOfProject ? { ...found, url: `${found.url}?${Atomics.load(count, 0)}` } : found
}
