/** The forms, which are loaded when one is first opened (form/later.tsx): a file of their own, so that the table is there sooner. */
export { Edit } from './edit.tsx'
export { Waiting } from './waiting.tsx'
export { Wizard } from './wizard.tsx'
