/** Pictures of one line, drawn in the colour of the text beside them; they say nothing that the text does not. */

const PATHS = {
  close: 'm4 4 8 8m0-8-8 8',
  check: 'm3.5 8.5 3 3 6-7',
  warning: 'M8 2 1.8 13h12.4zM8 6.5v3m0 1.8v.2',
  file: 'M4 1.5h5l3.5 3.5v9.5H4zM9 1.5V5h3.5',
  folder: 'M1.5 3.5h4.5l1.5 2h7v7.5h-13z',
  people:
    'M6 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5m-4.5 6a4.5 4.5 0 0 1 9 0m.5-11a2.5 2.5 0 0 1 0 4.6m1.5 2.1a4.5 4.5 0 0 1 2 4.3',
  building: 'M3 14.5v-13h7v13m0-8h3.5v8M1 14.5h14M5.5 4.5h2m-2 3h2m-2 3h2',
  box: 'm8 1.5 6 3v7l-6 3-6-3v-7zm-6 3 6 3 6-3m-6 3v7',
  link: 'M6.5 9.5 9.5 6.5M7 4.5l1.6-1.6a2.8 2.8 0 0 1 4 4L11 8.5m-2 3-1.6 1.6a2.8 2.8 0 0 1-4-4L5 7.500',
} as const

/** The name of a picture. */
export type IconName = keyof typeof PATHS

/** A picture. */
export const Icon = ({ name }: { readonly name: IconName }) => (
  <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
    <path d={PATHS[name]} />
  </svg>
)

const KINDS: readonly (readonly [RegExp, IconName])[] = [
  [/file|branch|document|design/, 'file'],
  [/folder|project/, 'folder'],
  [/workspace|organi[sz]ation|plan/, 'building'],
  [/team|group|user/, 'people'],
  [/package|scope|registry|repo/, 'box'],
]

/** The picture for a kind of resource. */
export const iconOf = (kind: string): IconName => KINDS.find(([words]) => words.test(kind))?.[1] ?? 'link'
