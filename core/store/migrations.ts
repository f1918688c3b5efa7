import type { Knex } from "knex";

interface Migration {
  readonly name: string;
  up(database: Knex): Promise<void>;
}

/** In order; one that has been released is never changed. */
const migrations: readonly Migration[] = [
  {
    name: "001_history",
    async up(database) {
      await database.schema.createTable("sluice_runs", (table) => {
        table.text("run_id").primary();
        table.text("status").notNullable();
        table.integer("exit_code").notNullable();
        table.text("started_at").notNullable().index();
        table.text("ended_at").notNullable();
        table.text("user_name").notNullable();
        table.text("host").notNullable();
        table.text("report").notNullable();
      });
      await database.schema.createTable("sluice_run_connections", (table) => {
        table.text("run_id").notNullable();
        table.text("connection").notNullable().index();
        table.primary(["run_id", "connection"]);
      });
      await database.schema.createTable("sluice_run_events", (table) => {
        table.text("run_id").notNullable();
        table.integer("position").notNullable();
        table.text("at").notNullable();
        table.text("event").notNullable();
        table.primary(["run_id", "position"]);
      });
      await database.schema.createTable("sluice_drift", (table) => {
        table.text("run_id").notNullable();
        table.integer("position").notNullable();
        table.text("at").notNullable().index();
        for (const column of ["connection", "stream", "entity", "change", "decision"]) table.text(column).notNullable();
        table.text("column_name");
        table.primary(["run_id", "position"]);
      });
      await database.schema.createTable("sluice_state_changes", (table) => {
        table.text("id").primary();
        table.text("at").notNullable().index();
        for (const column of ["user_name", "host", "connection", "stream", "action"]) table.text(column).notNullable();
        table.text("before");
        table.text("after");
      });
    },
  },
];

/** Brings a store's tables to this version; several processes may do so at once. */
export async function migrate(database: Knex): Promise<void> {
  await database.migrate.latest({
    tableName: "sluice_migrations",
    migrationSource: {
      getMigrations: async () => [...migrations],
      getMigrationName: ({ name }: Migration) => name,
      getMigration: async ({ up }: Migration) => ({ up, down: async () => undefined }),
    },
  });
}
