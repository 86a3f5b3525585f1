/** A receiver for tests of an outbox: it keeps what it got, and fails as a test says. */
import type { Deliver, Notice } from 'plan-access-tokens/outbox'

/** A receiver. */
export interface Receiver {
  readonly deliver: Deliver
  readonly got: Notice[]
  /** Plans and types, in the order in which they came. */
  lines(): string[]
}

/** @param fails throws for what is not to be delivered. */
export function receiver(fails: (notice: Notice, number: number) => unknown = () => undefined): Receiver {
  const got: Notice[] = []
  return {
    got,
    async deliver(notice, { number }) {
      await fails(notice, number)
      got.push(notice)
    },
    lines: () => got.map(({ planId, type }) => `${planId} ${type}`),
  }
}

/** What another plan's tokens are made of. */
export const OTHER = { actor: 'admin-2', planId: '2002' } as const
