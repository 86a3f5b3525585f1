/** The routes of Fastify, which tells them as a drawing of its tree alone. */
import { type AppRoute, routesOfPath } from './route.ts'

/** What is used of an application. */
interface FastifyLike {
  ready(): PromiseLike<unknown>
  printRoutes(): string
}

/** `│   └── iles/ (GET, HEAD)`: each level is four characters wide. */
const LINE = /^((?:[│ ] {3})*)[├└]── (.*?)(?: \(([A-Z, -]+)\).*)?$/

/** Reads them. */
export async function routesOfFastify(app: FastifyLike): Promise<readonly AppRoute[]> {
  await app.ready()
  const above: string[] = []
  return app
    .printRoutes()
    .split('\n')
    .flatMap((line) => {
      const [, indent, text = '', methods] = LINE.exec(line) ?? []
      if (indent === undefined) return []
      above.length = indent.length / 4
      above.push(text === '(empty root node)' ? '' : text)
      const names = methods?.split(', ') ?? []
      const path = above.join('')
      return (names.length > 7 ? ['*'] : names).flatMap((method) => routesOfPath(method, path))
    })
}
