const project = `# yaml-language-server: $schema=.sluice/schema.json
#
# A Sluice project: sources, destinations, and the connections between them.
# It runs as it is:  sluice sync

sources:
  shop_files:
    connector: file
    path: data # a folder: each file is a stream; a glob such as data/*.csv is one stream
  # A database instead. \${NAME} comes from the environment or from .env beside this file:
  # shop_database:
  #   connector: postgres
  #   url: \${SHOP_DATABASE_URL}

destinations:
  warehouse:
    connector: duckdb
    path: warehouse.duckdb

connections:
  shop:
    source: shop_files
    destination: warehouse
    # The tables go into the schema 'shop', the connection's name; \`schema:\` names another.
    streams:
      # A stream as \`sluice discover shop_files\` prints it. \`*\` stands for any characters, an exact name wins.
      customers:
        primary_key: [customer_id]
      orders:
        read: full_refresh # all of it each time; incremental takes what is new
        write: overwrite # or append, merge, scd2
        # filter: status <> 'cancelled' and total > 10
        # select: [order_id, customer_id, status, total]
`;

const customers = `customer_id,name,email,country
1,Ada Whitfield,ada@example.com,GB
2,Bruno Keller,bruno@example.com,DE
3,Chiara Russo,chiara@example.com,IT
4,Dmitri Havel,dmitri@example.com,CZ
5,Élise Laurent,elise@example.com,FR
`;

const orders = `order_id,customer_id,status,total,ordered_at
1001,1,paid,59.90,2026-01-05T09:12:00Z
1002,3,paid,12.50,2026-01-05T11:47:30Z
1003,2,shipped,240.00,2026-01-06T08:03:11Z
1004,1,open,18.75,2026-01-07T16:20:45Z
1005,5,paid,99.00,2026-01-08T10:00:00Z
1006,4,cancelled,35.20,2026-01-08T13:31:09Z
1007,3,shipped,410.10,2026-01-09T07:55:00Z
1008,5,open,7.99,2026-01-09T19:42:18Z
`;

const gitignore = `.env
*.duckdb
*.duckdb.wal
`;

const environment = `# Secrets stay out of sluice.yaml and out of git. Copy this file to .env and fill it in.
# SHOP_DATABASE_URL=postgres://user:password@localhost:5432/shop
`;

/** The files of a first project, by path: small data, and a configuration that loads it. */
export const firstProject: Readonly<Record<string, string>> = {
  "sluice.yaml": project,
  "data/customers.csv": customers,
  "data/orders.csv": orders,
  ".env.example": environment,
  ".gitignore": gitignore,
};
