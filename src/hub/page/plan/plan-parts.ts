/** What of a plan is loaded when it is first looked at (plan/later.tsx): a file of its own, so that the table is there sooner. */
export { DaysChart } from './chart.tsx'
export { Log } from './log.tsx'
export { RevokeMany } from './revoke-dialog.tsx'
export { Usage } from './usage.tsx'
export { Whose } from './whose.tsx'
