/** What of a token is loaded when its tab is first opened (token/later.tsx): a file of its own, so that the table is there sooner. */
export { TryIt } from './try-it.tsx'
export { Use } from './use.tsx'
