/** The option `basePath`, wherever a host says below which path something is mounted. What such a path is: core/target.ts. */
import { judged } from './shape.ts'
import { basePathMessage, isBasePath } from './target.ts'

/** @param example a path as hosts have it there. */
export const basePathSchema = (example?: string) =>
  judged<string>((value) => (isBasePath(value) ? undefined : basePathMessage(example)))
