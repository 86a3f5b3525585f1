/** What of React's types the example uses, since React is no dependency here. With `@types/react` this file is not needed. */

declare module 'react' {
  /** What a component gives. */
  interface ReactElement {
    readonly type: unknown
    readonly key: string | null
  }
  interface RefObject<T> {
    current: T
  }
  export const StrictMode: (props: { readonly children?: unknown }) => ReactElement
  export function useEffect(effect: () => (() => void) | undefined, dependencies?: readonly unknown[]): void
  export function useRef<T>(value: T | null): RefObject<T | null>
  export function useState<T>(initial: T): readonly [T, (next: T) => void]
  export function useState<T>(): readonly [T | undefined, (next: T | undefined) => void]
}

declare module 'react/jsx-runtime' {
  import type { ReactElement } from 'react'

  export namespace JSX {
    type Element = ReactElement
    interface ElementChildrenAttribute {
      readonly children: unknown
    }
    interface IntrinsicAttributes {
      readonly key?: string | number
    }
    interface Of<T> extends IntrinsicAttributes {
      readonly children?: unknown
      readonly ref?: { current: T | null }
      readonly onClick?: () => void
      readonly onChange?: (event: { readonly currentTarget: T }) => void
    }
    interface IntrinsicElements {
      readonly button: Of<HTMLButtonElement> & { readonly type: 'button' | 'submit' }
      readonly div: Of<HTMLDivElement>
      readonly h1: Of<HTMLHeadingElement>
      readonly label: Of<HTMLLabelElement>
      readonly nav: Of<HTMLElement>
      readonly option: Of<HTMLOptionElement>
      readonly select: Of<HTMLSelectElement> & { readonly value: string }
    }
  }
  export const jsx: unknown
  export const jsxs: unknown
  export const Fragment: unknown
}

declare module 'react-dom/client' {
  import type { ReactElement } from 'react'

  export function createRoot(place: Element): { render(element: ReactElement): void; unmount(): void }
}
