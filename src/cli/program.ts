/** Every command with its arguments, flags, help and examples. What each does: the files below cli/commands. */
import { Argument, Command, Option } from 'commander'
import { version } from '../../package.json'
import { LEAK_RULE_FORMATS } from '../leaks/rules.ts'
import { collect, command, managing, required, whole } from './command.ts'
import { addCompletion } from './completion.ts'
import { EXIT_CODES } from './exit.ts'
import { DATABASES, FRAMEWORKS, ID_FORMS } from './init/detect.ts'
import { addTokens, plan } from './token-commands.ts'

/** Makes the program. */
export function createProgram(): Command {
  const program = new Command('plan-access-tokens')
    .description('Manages plan access tokens, over a store or over a management API.')
    .version(version, '-V, --version', 'prints the version')
    .helpOption('-h, --help', 'prints help')
    .helpCommand('help [command]', 'prints the help of a command')
    .showSuggestionAfterError()
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .addHelpText('after', () => `\nExit codes:\n${exitCodes()}\n\nThe manual: docs/cli.md in the package.`)
  addSetup(program)
  addDoctor(program)
  addServe(program)
  addTokens(program)
  addQuestions(program)
  addUsage(program)
  addAudit(program)
  addOutbox(program)
  addPolicies(program)
  addCompletion(program)
  return program
}

const exitCodes = (): string =>
  Object.values(EXIT_CODES)
    .map(({ code, when }) => `  ${String(code).padEnd(4)} ${when}`)
    .join('\n')

function addSetup(program: Command): void {
  command<import('./commands/init.ts').InitOptions>(
    program,
    'init',
    'writes policy, store, directory, guard, a test and the configuration into a project; shows them first, overwrites nothing',
    'init --dry-run',
    async (session, flags) => (await import('./commands/init.ts')).init(session, flags),
  )
    .addOption(new Option('--framework <name>', 'the framework, instead of what is found').choices(FRAMEWORKS))
    .addOption(new Option('--database <driver>', 'the database, instead of what is found').choices(DATABASES))
    .addOption(
      new Option('--ids <form>', 'how the ids of your tables look, instead of what is found').choices(ID_FORMS),
    )
    .option('--dry-run', 'shows the files and writes none')
    .option('-y, --yes', 'does not ask')
  command<import('./commands/migrate.ts').MigrateOptions>(
    program,
    'migrate',
    "makes the SQL store's tables, or brings them up to date",
    'migrate',
    async (session, flags) => (await import('./commands/migrate.ts')).migrate(session, flags),
  ).addOption(
    new Option('--sql <dialect>', 'prints the statements instead, for a tool of your own').choices([
      'postgres',
      'mysql',
      'sqlite',
    ]),
  )
}

function addDoctor(program: Command): void {
  command<import('./commands/doctor.ts').DoctorOptions>(
    program,
    'doctor',
    'looks at store, directory, clocks and routes of a project, and tells what is wrong or odd; writes nothing',
    'doctor --plan acme',
    async (session, flags) => (await import('./commands/doctor.ts')).doctor(session, flags),
  )
    .option('-p, --plan <id>', 'a plan that exists, for the directory')
    .option('--resource <kind:id>', 'a resource that exists, for the directory')
    .option('--strict', 'warnings end it with 1 too')
}

function addServe(program: Command): void {
  command<import('./commands/serve.ts').ServeOptions>(
    program,
    'serve [file]',
    'serves forwardAuth and AuthZEN for a gateway, as the configuration says, with /healthz and /readyz; ends with SIGTERM',
    'serve config.mjs',
    async (session, flags, file) => (await import('./commands/serve.ts')).serve(session, flags, file),
  )
    .option('--host <address>', "the address that it listens on, instead of the configuration's (default: 127.0.0.1)")
    .option('--port <port>', "the port that it listens on, instead of the configuration's (default: 4180)", whole)
}

function addQuestions(program: Command): void {
  managing<import('./commands/explain.ts').ExplainOptions>(
    program,
    'explain <request>',
    'says rule by rule why a request is let through or refused; without --token, the secret comes by prompt or stdin',
    "explain 'GET /v1/files/ABC' --token 0c1f",
    async (session, flags, line = '') => (await import('./commands/explain.ts')).explain(session, line, flags),
  )
    .option('--token <id>', 'the token, by its id')
    .option('--body <json>', 'the body: JSON, or @ and the name of a file')
    .option('--surface <name>', 'the policy that is asked, by its surface')
    .option('--address <address>', 'where the request would come from')
  managing<import('./commands/scan.ts').ScanOptions>(
    program,
    'scan',
    "finds secrets of the policy's prefixes in files and in the history of git; their checksum keeps out what only looks like one",
    'scan --history .',
    async (session, flags, ...paths) => (await import('./commands/scan.ts')).scan(session, paths.flat(), flags),
  )
    .addArgument(new Argument('[paths...]', 'files and folders (default: this one)'))
    .option('--history', 'looks at the whole history of git too')
    .option('--prefix <prefix>', 'a prefix of secrets, instead of a configuration; once for each', collect)
    .option('--revoke', 'ends what is found; asks first')
    .option('-y, --yes', 'does not ask')
}

function addAudit(program: Command): void {
  managing<import('./commands/export.ts').ExportOptions>(
    program,
    'export',
    "writes a plan's whole audit log to stdout, as CSV or NDJSON",
    'export --plan acme --format csv > audit.csv',
    async (session, flags) => (await import('./commands/export.ts')).exportLog(session, flags),
  )
    .addOption(required('-p, --plan <id>', 'the plan'))
    .addOption(new Option('--format <format>', 'how (default: ndjson)').choices(['csv', 'ndjson']))
    .option('--token <id>', 'only events of this token')
    .option('--after <seq>', 'goes on behind this one, after an export that broke off')
  command<import('./commands/verify.ts').VerifyOptions>(
    program,
    'verify',
    'follows the chain over the whole audit log, and tells where it was touched',
    'verify --checkpoints checkpoints.txt --key public.pem',
    async (session, flags) => (await import('./commands/verify.ts')).verify(session, flags),
  )
    .option('--checkpoints <file>', 'signed checkpoints, one a line')
    .option('--key <file>', 'the public key of the checkpoints, as PEM or JWK; once for each', collect)
    .option('--from <seq>', 'only the events from this one on', whole)
    .option('--file <file>', 'a whole log that was exported as NDJSON, instead of the store')
  command<import('./commands/verify.ts').CheckpointOptions>(
    program,
    'checkpoint',
    'signs what the newest link of the audit log is, and prints it as one line, to be kept elsewhere',
    'checkpoint --key private.pem >> checkpoints.txt',
    async (session, flags) => (await import('./commands/verify.ts')).checkpoint(session, flags),
  ).addOption(required('--key <file>', 'the private key, P-256 or Ed25519, as PEM or JWK'))
  command<import('./commands/receipt.ts').ReceiptOptions>(
    program,
    'receipt [file]',
    'says what a signed receipt proves, that of "revoke --receipt --key"; without a file it comes by stdin',
    'receipt receipt.txt --key public.pem',
    async (session, flags, file) => (await import('./commands/receipt.ts')).receipt(session, file, flags),
  )
    .addOption(required('--key <file>', 'the public key, as PEM or JWK; once for each').argParser(collect))
    .option('--issuer <name>', 'the deployment that it has to be of')
}

function addUsage(program: Command): void {
  managing<import('./commands/usage.ts').UsageCommandOptions>(
    program,
    'usage [id]',
    'shows how a token was used, or with --plan all tokens of a plan by day',
    'usage 0c1f',
    async (session, flags, id) => (await import('./commands/usage.ts')).usage(session, id, flags),
  ).option('-p, --plan <id>', 'the plan, for all of its tokens together')
  managing<import('./commands/usage.ts').AdviceOptions>(
    program,
    'advice <id>',
    'says what of a token was not used, and how to take it away; changes nothing',
    'advice 0c1f --window 90',
    async (session, flags, id = '') => (await import('./commands/usage.ts')).advice(session, id, flags),
  ).option('--window <days>', 'how many days are looked at, 1 to 365 (default: 90)', whole)
  managing<import('./commands/usage.ts').UnusedOptions>(
    program,
    'unused',
    'lists the active tokens of a plan that nobody uses',
    'unused --plan acme --window 90',
    async (session, flags) => (await import('./commands/usage.ts')).unused(session, flags),
  )
    .addOption(plan())
    .option('--window <days>', 'how many days are looked at, 1 to 365 (default: 90)', whole)
    .option('--limit <n>', 'how many on a page, 1 to 500', whole)
    .option('--after <cursor>', 'the page after this one')
    .option('--all', 'every page')
}

function addOutbox(program: Command): void {
  command<import('./commands/outbox.ts').OutboxCommandOptions>(
    program,
    'outbox',
    "tells how far the configuration's outboxes are, and which notices could not be delivered",
    'outbox --dead',
    async (session, flags) => (await import('./commands/outbox.ts')).outbox(session, flags),
  )
    .option('--name <name>', 'the outbox, where there are several')
    .addOption(new Option('--dead', 'lists the dead letters').conflicts(['resend', 'run']))
    .option('--resend <id>', 'has a dead letter sent again, or all of them with "all"; once for each', collect)
    .option('--run', 'sends what there is to send now, and ends: for cron')
}

function addPolicies(program: Command): void {
  const which = (made: Command): Command =>
    made
      .option('--policy <file>', 'a module that exports the policy, or its data as JSON, instead of the configuration')
      .option('--surface <name>', 'the policy, by its surface, where there are several')
  which(
    command<import('./commands/policy.ts').MatrixOptions>(
      program,
      'matrix',
      'prints what a policy allows: endpoints by scopes, kinds, types and tiers',
      'matrix --markdown',
      async (session, flags) => (await import('./commands/policy.ts')).matrix(session, flags),
    ),
  )
    .option('--markdown', 'prints Markdown, to be committed')
    .option('--check <file>', 'ends with 1 if the committed Markdown is another one')
  which(
    command<import('./commands/leak-rules.ts').LeakRulesOptions>(
      program,
      'leak-rules',
      'prints rules by which a scanner finds secrets of the policy',
      'leak-rules --format gitleaks > .gitleaks.toml',
      async (session, flags) => (await import('./commands/leak-rules.ts')).leakRules(session, flags),
    ),
  ).addOption(required('-f, --format <format>', 'whose rules').choices(LEAK_RULE_FORMATS))
  which(
    managing<import('./commands/policy.ts').DiffOptions>(
      program,
      'diff <before>',
      'says who gains and who loses what by a change of the policy, each with a request that shows it',
      'diff ../main/tokens/policy.ts --policy tokens/policy.ts --markdown',
      async (session, flags, before = '') => (await import('./commands/policy.ts')).diff(session, before, flags),
    ),
  )
    .option('--markdown', 'prints Markdown, for a pull request')
    .option('-p, --plan <id>', 'says which living tokens of this plan are concerned; once for each', collect)
    .addOption(new Option('--fail-on <what>', 'which difference ends it with 1').choices(['any', 'wider', 'never']))
  which(
    command<import('./commands/policy.ts').DriftOptions>(
      program,
      'drift <document>',
      'says which routes are in the policy or in an OpenAPI document alone',
      'drift openapi.yaml',
      async (session, flags, document = '') => (await import('./commands/policy.ts')).drift(session, document, flags),
    ),
  )
    .option('--base-path <path>', 'where the paths of the policy begin in the document, instead of its servers')
    .option('--except <route>', 'a route that is known to be in one alone; once for each', collect)
}
