/** What the application knows, out of its own tables: plans, their admins, and what lies where. */
import type pg from 'pg'
import type { Directory } from 'plan-access-tokens'

/** Tables as an application might have them, and a little to try. */
const SAMPLE = `
  create table if not exists plans (id text primary key, tier text not null, suspended boolean not null default false);
  create table if not exists plan_admins (plan_id text references plans, person text, primary key (plan_id, person));
  create table if not exists projects (id text primary key, plan_id text not null references plans);
  create table if not exists files (key text primary key, project_id text not null references projects);
  insert into plans values ('1001', 'organization'), ('2002', 'enterprise') on conflict do nothing;
  insert into plan_admins values ('1001', 'ada') on conflict do nothing;
  insert into projects values ('123', '1001'), ('124', '1001'), ('900', '2002') on conflict do nothing;
  insert into files values ('LANDING', '123'), ('ROADMAP', '124'), ('GLOBEX', '900') on conflict do nothing;
`

/** Makes the tables if there are none. The directory is asked at each request: by primary keys alone. */
export async function openDirectory(pool: pg.Pool): Promise<Directory> {
  const first = async (sql: string, ...values: readonly string[]) => (await pool.query(sql, [...values])).rows[0]
  await pool.query(SAMPLE)
  return {
    plan: (planId) => first('select id, tier, suspended from plans where id = $1', planId),
    async isPlanAdmin(person, planId) {
      const row = await first('select from plan_admins where plan_id = $1 and person = $2', planId, person)
      return row !== undefined
    },
    async locate({ kind, id }) {
      if (kind === 'project') {
        const project = await first('select plan_id from projects where id = $1', id)
        return project && { planId: project.plan_id, ancestors: [] }
      }
      // Comments, webhooks and the rest: not yet, so nothing is allowed there.
      if (kind !== 'file') return undefined
      const joined = 'select plan_id, project_id from files join projects on projects.id = project_id where key = $1'
      const file = await first(joined, id)
      return file && { planId: file.plan_id, ancestors: [{ kind: 'project', id: file.project_id }] }
    },
  }
}
