/** Chromium, for the tests to which one browser is enough (browsers.ts has both). */
import { CHROMIUM, describeIn, useBrowsers } from './browsers.ts'

/** `describe` for what needs a browser; where there is none, it is skipped by a name that says why. */
export const describeInChromium = (name: string, tests: () => void): void => describeIn(CHROMIUM, name, tests)

/** Gives the tests of a file a way to open pages. */
export const useChromium = useBrowsers
