/** The store contract: values that are kept under a name, and written only over the version that their writer has seen. */
import { casesOf, check, same, together, upTo, type With } from './case.ts'
import { allEvents, recordOf, write } from './records.ts'

type Values = With<'readValue' | 'writeValue'>

/** The method that goes with `writeValue`. */
function whole(store: With<'writeValue'>): Values {
  check(
    typeof store.readValue === 'function',
    'The store has writeValue and no readValue: nobody can read what is kept.',
  )
  return store as Values
}

const TEXT = '{"Ä":"ü 文 🔑 \\u0000","quoted":"\'; --","empty":[]}\n'

export const VALUES = casesOf('writeValue', [
  {
    name: 'writeValue writes over the version that stands and no other, and readValue gives the newest',
    breaks:
      'A process that fell silent takes the place in the log back, and notices are sent in another order or not at all.',
    async check(stores) {
      const [store, other] = [whole(stores.store), whole(stores.other)]
      same(await other.readValue('outbox/a'), undefined, 'A value that nobody has written')
      same(await store.writeValue('outbox/a', 'early', 1), false, 'Over version 1 where there is none')
      same(await store.writeValue('outbox/a', TEXT, 0), true, 'The first value')
      same(await other.readValue('outbox/a'), { value: TEXT, version: 1 }, 'The first value')
      for (const version of [0, 2, 7])
        same(await other.writeValue('outbox/a', 'x', version), false, `Over version ${version}`)
      same(await other.writeValue('outbox/a', '', 1), true, 'Over version 1')
      same(await store.readValue('outbox/a'), { value: '', version: 2 }, 'A value of no letters')
      same(await store.writeValue('outbox/a', 'late', 1), false, 'Over the version before')
      same(await store.writeValue('outbox/a', '', 2), true, 'The same value once more')
      same(await other.readValue('outbox/a'), { value: '', version: 3 }, 'The same value once more')
    },
  },
  {
    name: 'of many that write over one version at the same moment exactly one does',
    breaks: 'Two processes hold one lease, and every notice is sent twice.',
    async check(stores) {
      const [store, other] = [whole(stores.store), whole(stores.other)]
      for (const version of [0, 1, 2]) {
        const answers = await together(
          upTo(20).map((i) => () => (i % 2 ? other : store).writeValue('lease', `${version}-${i}`, version)),
        )
        same(
          answers.filter((answer) => answer !== false),
          [true],
          `The answers but false, over version ${version}`,
        )
        const value = `${version}-${answers.indexOf(true)}`
        same(await other.readValue('lease'), { value, version: version + 1 }, 'What stands')
      }
    },
  },
  {
    name: 'values of other names, tokens and their log stay as they are, and a large value comes back whole',
    breaks: 'The places of two outboxes are mixed up, or one grows until it is cut off.',
    async check(stores) {
      const [store, other] = [whole(stores.store), whole(stores.other)]
      const record = await write(store, recordOf('token'))
      const names = ['a', 'a/b', 'a/b_c-1', 'token', `${'long-'.repeat(39)}names`]
      for (const name of names) same(await store.writeValue(name, `of ${name}`, 0), true, `The value "${name}"`)
      const large = 'ä'.repeat(400_000)
      same(await store.writeValue('a', large, 1), true, 'A value of 800 kB')
      same((await other.readValue('a'))?.value === large, true, 'Whether a value of 800 kB came back')
      for (const name of names.slice(1))
        same(await other.readValue(name), { value: `of ${name}`, version: 1 }, `The value "${name}"`)
      same(await other.find('token'), record, 'The token')
      same((await allEvents(other)).length, 1, 'How many events there are')
    },
  },
])

export const REMOVED_VALUES = casesOf('removeValue', [
  {
    name: 'a value that was removed is gone, is begun anew at version 1, and leaves the others as they are',
    breaks: 'How tokens were used stays in the store for ever, long after they are gone.',
    async check(stores) {
      const [store, other] = [whole(stores.store as Values), whole(stores.other as Values)]
      await stores.store.removeValue('usage/nothing')
      for (const name of ['usage/a', 'usage/ab']) {
        same(await store.writeValue(name, `of ${name}`, 0), true, `The value "${name}"`)
        same(await store.writeValue(name, `of ${name} again`, 1), true, `The value "${name}" once more`)
      }
      await stores.other.removeValue('usage/a')
      same(await store.readValue('usage/a'), undefined, 'A value that was removed')
      same(await store.writeValue('usage/a', 'late', 2), false, 'Over the version of what was removed')
      same(await store.writeValue('usage/a', 'anew', 0), true, 'A value in its place')
      same(await other.readValue('usage/a'), { value: 'anew', version: 1 }, 'A value in its place')
      same(await other.readValue('usage/ab'), { value: 'of usage/ab again', version: 2 }, 'Another value')
    },
  },
])
