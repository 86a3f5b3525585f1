/** A call that needs a stronger or a more recent session waits here until the person has confirmed, and is made again then. */
import { AdminApiError } from '../../admin/client.ts'
import type { StepUp } from '../../core/step-up.ts'

/** What is asked of the person: whether it is asked again, since the time before was not enough, and where the answer goes. */
export interface Asked {
  readonly stepUp: StepUp
  readonly isAgain: boolean
  readonly answer: (isDone: boolean) => void
}

let show: ((asked: Asked | undefined) => void) | undefined

/** Who shows it to the person. Gives what ends that. */
export function onStepUp(listener: NonNullable<typeof show>): () => void {
  show = listener
  return () => {
    show = undefined
    giveUp?.()
  }
}

/** One question at a time: calls that wait for the same person are told by the same answer. */
let waiting: Promise<boolean> | undefined
/** Answers it with no: whoever takes the page away has taken the question with it, and the next page would wait for its answer. */
let giveUp: (() => void) | undefined

function confirmed(stepUp: StepUp, isAgain: boolean): Promise<boolean> {
  waiting ??= new Promise<boolean>((resolve) => {
    if (!show) return resolve(false)
    giveUp = () => resolve(false)
    show({ stepUp, isAgain, answer: resolve })
  }).finally(() => {
    waiting = undefined
    giveUp = undefined
    show?.(undefined)
  })
  return waiting
}

/** Makes a call, as often as the person confirms that it is them, and as it was each time. */
export async function steppingUp<T>(call: () => Promise<T>): Promise<T> {
  for (let isAgain = false; ; isAgain = true) {
    try {
      return await call()
    } catch (error) {
      const asked = error instanceof AdminApiError ? error.stepUp : undefined
      if (!asked || !(await confirmed(asked, isAgain))) throw error
    }
  }
}
