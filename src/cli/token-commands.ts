/** The commands that manage tokens, with their flags, help and examples. What each does: cli/commands/tokens.ts. The others: cli/program.ts. */
import { type Command, Option } from 'commander'
import { collect, date, managing, required, seconds, whole, words } from './command.ts'

/** The plan that a command is about. */
export const plan = () => required('-p, --plan <id>', 'the plan')

/** Adds them. */
export function addTokens(program: Command): void {
  managing<import('./commands/tokens.ts').CreateOptions>(
    program,
    'create',
    'makes a token; its secret is printed to stdout, this once',
    "create --plan acme --type live --name 'Nightly export' --days 90 --scope invoice:read --all-resources",
    async (session, flags) => (await import('./commands/tokens.ts')).create(session, flags),
  )
    .addOption(plan())
    .addOption(required('-t, --type <type>', 'the type of the token, as the policy names it'))
    .addOption(required('-n, --name <name>', 'what the token is for'))
    .option('--description <text>', 'more about it')
    .option('--metadata <key=value>', 'a word of your own; once for each', words)
    .option('--contact <text>', 'whom to ask about it')
    .option('-d, --days <days>', 'how long it lives, in days', whole)
    .option('--expires <date>', 'when it ends instead, such as 2027-12-31 or 2027-12-31T18:00Z', date)
    .option('-s, --scope <scope>', 'a scope; once for each', collect)
    .option('-r, --resource <link>', 'a resource that it may reach, by its link; once for each', collect)
    .option('--all-resources', 'it may reach every resource of the plan')
    .option('--canary', 'makes a canary: nothing is let through with it, and its use is told')
    .option('--address <range>', 'an address or a network that it may be used from; once for each', collect)
    .option('--self-renewal', 'it may renew itself, where its type allows it')
    .option(
      '--renew-until <date>',
      'until when it may, such as 2028-12-31; a year after the last act of an admin',
      date,
    )
    .option('--idempotency-key <key>', 'the same key again gives the same token with a fresh secret')
  managing<import('./commands/tokens.ts').ListOptions>(
    program,
    'list',
    "lists a plan's tokens, a page at a time",
    'list --plan acme --status active',
    async (session, flags) => (await import('./commands/tokens.ts')).list(session, flags),
  )
    .addOption(plan())
    .option('-t, --type <type>', 'only tokens of this type')
    .addOption(
      new Option('--status <status>', 'only tokens in this state').choices(['active', 'pending', 'expired', 'revoked']),
    )
    .option('--search <text>', 'only tokens with this in their name or description, or with this id')
    .option('--metadata <key=value>', 'only tokens with this word; once for each', words)
    .option('--metadata-key <key>', 'only tokens with a word of this key')
    .addOption(new Option('--order <order>', 'how they are sorted').choices(['newest', 'expiry']))
    .option('--limit <n>', 'how many on a page, 1 to 500', whole)
    .option('--after <cursor>', 'the page after this one')
    .option('--all', 'every page')
  managing<import('./commands/rules.ts').RulesOptions>(
    program,
    'rules',
    "shows what a plan's organization allows its tokens, narrower than the policy",
    'rules --plan acme',
    async (session, flags) => (await import('./commands/rules.ts')).rules(session, flags),
  ).addOption(plan())
  managing(program, 'show <id>', 'shows a token', 'show 0c1f', async (session, _, id = '') =>
    (await import('./commands/tokens.ts')).show(session, id),
  )
  managing<import('./commands/tokens.ts').EditOptions>(
    program,
    'edit <id>',
    'changes name, description, metadata, contact, scopes, resources, addresses or self-renewal of a token',
    "edit 0c1f --name 'Weekly export'",
    async (session, flags, id = '') => (await import('./commands/tokens.ts')).edit(session, id, flags),
  )
    .option('-n, --name <name>', 'what the token is for')
    .option('--description <text>', 'more about it')
    .option('--metadata <key=value>', 'a word of your own, in place of the one of this key; once for each', words)
    .option('--remove-metadata <key>', 'a word that goes, by its key; once for each', collect)
    .option('--contact <text>', 'whom to ask about it; empty for nobody')
    .option('-s, --scope <scope>', 'a scope, instead of all that it has; once for each', collect)
    .option('-r, --resource <link>', 'a resource, instead of all that it has; once for each', collect)
    .option('--all-resources', 'it may reach every resource of the plan')
    .option('--address <range>', 'an address or a network, instead of all that it has; once for each', collect)
    .option('--any-address', 'it may be used from anywhere')
    .option('--self-renewal', 'it may renew itself, where its type allows it; its default term starts again')
    .option('--no-self-renewal', 'it may not renew itself any more')
    .option('--renew-until <date>', 'until when it may, such as 2028-12-31', date)
    .option('--renew-by-default', 'until a year after the last act of an admin again')
    .option('--if-version <n>', 'only if the token is still of this version', whole)
  managing<import('./commands/tokens.ts').RefreshOptions>(
    program,
    'refresh <id>',
    'issues a new secret and starts the lifetime again; the secret is printed to stdout, this once',
    'refresh 0c1f',
    async (session, flags, id = '') => (await import('./commands/tokens.ts')).refresh(session, id, flags),
  )
    .addOption(
      new Option('--retire-previous <when>', 'when the secret so far ends: "now" if it leaked').choices([
        'afterGrace',
        'now',
      ]),
    )
    .option('--idempotency-key <key>', 'the same key again replaces the secret that nobody received')
    .option('--grace-hours <n>', "how long the secret so far goes on working, 0 to the policy's grace", whole)
    .option('--preview', 'only tells the dates')
  managing<import('./commands/approvals.ts').ApproveOptions>(
    program,
    'approve <id>',
    'approves what another admin asked for: a pending token, or an edit that waits; shows it and asks first',
    'approve 0c1f',
    async (session, flags, id = '') => (await import('./commands/approvals.ts')).approve(session, id, flags),
  )
    .option('--if-version <n>', 'only if the token is still of this version; does not ask', whole)
    .option('-y, --yes', 'does not ask')
  managing<import('./commands/approvals.ts').DeclineOptions>(
    program,
    'decline <id>',
    'declines what another admin asked for: a pending token ends, an edit that waits is dropped',
    "decline 0c1f --reason 'Half of it is enough'",
    async (session, flags, id = '') => (await import('./commands/approvals.ts')).decline(session, id, flags),
  ).option('--reason <text>', 'why; it stands in the audit log')
  managing<import('./commands/approvals.ts').CollectOptions>(
    program,
    'collect <id>',
    'takes the secret of a token that you asked for, once it is approved; it is printed to stdout, this once',
    'collect 0c1f',
    async (session, flags, id = '') => (await import('./commands/approvals.ts')).collect(session, id, flags),
  ).option('--idempotency-key <key>', 'the same key again replaces the secret that nobody received')
  managing<import('./commands/tokens.ts').RevokeOptions>(
    program,
    'revoke [id]',
    'ends a token and all its secrets for good, or with --plan many tokens that have something in common; asks first',
    'revoke 0c1f --yes',
    async (session, flags, id) => (await import('./commands/tokens.ts')).revoke(session, id, flags),
  )
    .option('--reason <text>', 'why; it stands in the audit log')
    .option(
      '--receipt',
      'prints the receipt of the end: where it stands in the log, and since when the token is refused',
    )
    .option('--key <file>', 'signs the receipt with this private key, and prints it as one line')
    .option('--issuer <name>', 'the deployment that a signed receipt names')
    .option('-p, --plan <id>', 'the plan, for many tokens at once')
    .option('--id <id>', 'only this token; once for each', collect)
    .option('-t, --type <type>', 'only tokens of this type')
    .addOption(
      new Option('--status <status>', 'only tokens in this state (default: active)').choices([
        ...['active', 'pending', 'expired'],
      ]),
    )
    .option('--search <text>', 'only tokens with this in their name or description, or with this id')
    .option('--metadata <key=value>', 'only tokens with this word; once for each', words)
    .option('--metadata-key <key>', 'only tokens with a word of this key')
    .option('--created-by <actor>', 'only tokens that this actor made')
    .option('--expiring <date>', 'only tokens that end before it, such as 2027-12-31', date)
    .option('-s, --scope <scope>', 'only tokens with this scope')
    .option('--canary', 'canaries alone; without it none ends that is not named by --id')
    .option('--dry-run', 'only shows them')
    .option('--count <n>', 'does not ask, if there are so many', whole)
    .option('-y, --yes', 'does not ask, for one token')
  managing<import('./commands/events.ts').EventsOptions>(
    program,
    'events',
    "prints a plan's audit log; as JSON, one event a line",
    'events --plan acme --follow',
    async (session, flags) => (await import('./commands/events.ts')).events(session, flags),
  )
    .addOption(plan())
    .option('--token <id>', 'only events of this token')
    .addOption(new Option('--order <order>', 'how they are sorted').choices(['oldest', 'newest']).conflicts('follow'))
    .option('--limit <n>', 'how many on a page, 1 to 500; with --follow, how many of the last', whole)
    .option('--after <seq>', 'the events after this one')
    .option('-f, --follow', 'goes on with what comes in, until it is interrupted')
    .option('--interval <seconds>', 'how often it looks with --follow (default: 2)', seconds)
}
