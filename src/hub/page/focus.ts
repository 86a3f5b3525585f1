/** Where the focus is in the table, when rows move, go, or were acted upon: never lost, and in sight. */
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import type { Token } from '../../core/token-view.ts'

/** The ids of a row and of what can have the focus in it. */
export const rowId = (token: string): string => `row-${token}`
export const nameId = (token: string): string => `name-${token}`
export const menuId = (token: string): string => `menu-${token}`

/** A control of the table that is to have the focus, once it is there. A new object for each time. */
export interface Aim {
  readonly id: string
  /** Only if it was lost. */
  readonly isSpare?: boolean
}

/** Whether nothing has the focus. */
export const isLost = (): boolean => document.activeElement === null || document.activeElement === document.body

/** Puts the focus where it was aimed at, as soon as no modal is open. */
export function useAim(aim: Aim | undefined, isFree: boolean): void {
  useEffect(() => {
    if (!aim || !isFree || (aim.isSpare && !isLost())) return
    const control = document.getElementById(aim.id)
    control?.focus({ preventScroll: true })
    control?.closest('tr')?.scrollIntoView({ block: 'nearest' })
  }, [aim, isFree])
}

/** The token of the row after another one; before it, if it is the last. */
export function neighbour(tokens: readonly Token[], id: string): string {
  const at = tokens.findIndex((token) => token.id === id)
  return (tokens[at + 1] ?? tokens[at - 1])?.id ?? id
}

/**
 * Keeps the focus in the rows of a table: an element loses it when it is moved, and rows move when they come back in another
 * order. If its row is gone, the next one that is still there has it.
 */
export function useFocusKept(tokens: readonly Token[]) {
  const body = useRef<HTMLTableSectionElement>(null)
  const active = document.activeElement
  // Asked before anything is moved.
  const held = active instanceof HTMLElement && body.current?.contains(active) ? active : undefined
  const shown = useRef(tokens)
  useLayoutEffect(() => {
    const before = shown.current
    shown.current = tokens
    if (!held || held === document.activeElement) return
    const row = held.closest('tr')
    const at = before.findIndex(({ id }) => rowId(id) === row?.id)
    const near = [...before.slice(at), ...before.slice(0, Math.max(at, 0)).reverse()].map(({ id }) => menuId(id))
    for (const control of [row?.isConnected ? held : null, ...near.map((id) => document.getElementById(id))]) {
      control?.focus({ preventScroll: true })
      if (!isLost()) return
    }
  })
  return body
}
