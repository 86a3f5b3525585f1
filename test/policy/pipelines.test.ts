/** The pipelines of docs/reviewing-a-policy.md: YAML that can be read, of the shape that each service has, and safe to run. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

const page = readFileSync(new URL('../../docs/reviewing-a-policy.md', import.meta.url), 'utf8')
const blocks = [...page.matchAll(/```yaml\n# (\S+)\n([\s\S]*?)```/g)].map(([, name, text]) => [
  name,
  parse(text as string),
])
const files = Object.fromEntries(blocks)

describe('the pipelines of the page', () => {
  it('are one of GitHub and one of GitLab', () => {
    expect(Object.keys(files)).toEqual(['.github/workflows/policy.yml', '.gitlab-ci.yml'])
  })

  it('run, in GitHub, on pull requests without the rights of the base, and comment the comparison', () => {
    const { on, permissions, jobs } = files['.github/workflows/policy.yml']
    expect(Object.keys(on)).toEqual(['pull_request'])
    expect(permissions).toEqual({ contents: 'read', 'pull-requests': 'write' })
    const steps = jobs.diff.steps as { run?: string; uses?: string; with?: { path?: string } }[]
    expect(steps.flatMap((step) => step.with?.path ?? [])).toEqual(['head', 'base'])
    const runs = steps.flatMap(({ run }) => run ?? [])
    expect(runs).toContainEqual(expect.stringContaining('scripts/policy-diff.ts'))
    expect(runs.at(-1)).toContain('--body-file diff.md')
    // What somebody else wrote is never put into a command.
    expect(runs.join('\n')).not.toContain('${{')
  })

  it('run, in GitLab, on merge requests, and write a note', () => {
    const job = files['.gitlab-ci.yml']['policy-diff']
    expect(job.rules).toMatchObject([{ if: '$CI_PIPELINE_SOURCE == "merge_request_event"' }])
    expect(job.script).toContainEqual(expect.stringContaining('scripts/policy-diff.ts'))
    expect(job.script.at(-1)).toContain('/merge_requests/$CI_MERGE_REQUEST_IID/notes')
  })
})
