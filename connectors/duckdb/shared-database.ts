import {
  type Connection,
  closeConnection,
  closeDatabase,
  connect,
  type Database,
} from "../../sdk/sql/duckdb/database.js";

/** A database that is open while somebody uses it, and no longer: others may write to the file in between. */
export interface SharedDatabase {
  /** A connection of its own, and what gives it back. */
  use(): Promise<{ readonly connection: Connection; release(): void }>;
}

export function sharedDatabase(open: () => Promise<Database>): SharedDatabase {
  let opening: Promise<Database> | undefined;
  let users = 0;

  function leave(database: Database | undefined): void {
    users--;
    if (users > 0) return;
    opening = undefined;
    if (database !== undefined) closeDatabase(database);
  }

  return {
    async use() {
      users++;
      opening ??= open();
      let database: Database | undefined;
      try {
        database = await opening;
        const connection = await connect(database);
        const opened = database;
        return {
          connection,
          release() {
            closeConnection(connection);
            leave(opened);
          },
        };
      } catch (error) {
        leave(database);
        throw error;
      }
    },
  };
}
