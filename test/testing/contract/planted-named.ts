/** Mistakes in keeping values under a name. */
import { pause, planted } from './planted-store.ts'

const STANDS = 'writeValue writes over the version that stands and no other, and readValue gives the newest'
const ONE = 'of many that write over one version at the same moment exactly one does'
const APART = 'values of other names, tokens and their log stay as they are, and a large value comes back whole'
const GONE = 'a value that was removed is gone, is begun anew at version 1, and leaves the others as they are'

export const MISTAKEN_NAMED_VALUES = [
  planted('writes values over any version', STANDS, 'Over version 1', ({ values }) => ({
    async writeValue(name, value) {
      values.set(name, { value, version: (values.get(name)?.version ?? 0) + 1 })
      return true
    },
  })),
  planted('takes a value without letters for none', STANDS, 'no letters', (_, right) => ({
    async readValue(name) {
      const kept = await right.readValue(name)
      return kept?.value ? kept : undefined
    },
  })),
  planted('does not write a value that is there already', STANDS, 'once more', ({ values }, right) => ({
    async writeValue(name, value, version) {
      if (values.get(name)?.value === value) return values.get(name)?.version === version
      return right.writeValue(name, value, version)
    },
  })),
  planted('has writeValue alone', STANDS, 'nobody can read', () => ({ readValue: undefined as never })),
  planted('reads the version of a value and writes a moment later', ONE, 'The answers but false', ({ values }) => ({
    async writeValue(name, value, version) {
      if ((values.get(name)?.version ?? 0) !== version) return false
      await pause()
      values.set(name, { value, version: version + 1 })
      return true
    },
  })),
  planted('throws where another was first', ONE, 'Two processes hold one lease', (_, right) => ({
    async writeValue(name, value, version) {
      if (await right.writeValue(name, value, version)) return true
      throw new Error('duplicate key')
    },
  })),
  planted('takes a slash in the name of a value for its end', APART, 'is false instead of true', (_, right) => ({
    readValue: (name) => right.readValue(name.split('/')[0] ?? ''),
    writeValue: (name, value, version) => right.writeValue(name.split('/')[0] ?? '', value, version),
  })),
  planted('cuts a value off after 64 kB', APART, '800 kB', (_, right) => ({
    writeValue: (name, value, version) => right.writeValue(name, value.slice(0, 65_535), version),
  })),
  planted('empties a value for removing it', GONE, 'A value that was removed', ({ values }) => ({
    async removeValue(name) {
      const kept = values.get(name)
      if (kept) values.set(name, { value: '', version: kept.version + 1 })
    },
  })),
  planted('removes every value whose name begins alike', GONE, 'Another value', ({ values }) => ({
    async removeValue(name) {
      for (const other of values.keys()) if (other.startsWith(name)) values.delete(other)
    },
  })),
]
