/** A column as the fingerprints compare it: every value is cast to this DuckDB type first. */
export interface ComparedColumn {
  readonly name: string;
  readonly type: string;
  /** Compare the MD5 of the value: for texts of many megabytes. */
  readonly digest?: boolean;
  /** Compare JSON without the spaces between its tokens, which writers put where they like. */
  readonly json?: boolean;
}

/** A table the benchmark makes, in `public` of its database. */
export interface BenchTable {
  readonly name: string;
  readonly columns: readonly ComparedColumn[];
  /** How many times the rows asked for it has. */
  readonly times: number;
  /** The definition and the rows, in Postgres' SQL; the same rows every time. */
  readonly sql: (rows: number) => string;
}

const lineitemColumns: Readonly<Record<string, string>> = {
  l_orderkey: "integer",
  l_partkey: "integer",
  l_suppkey: "integer",
  l_linenumber: "integer",
  l_quantity: "decimal(15,2)",
  l_extendedprice: "decimal(15,2)",
  l_discount: "decimal(15,2)",
  l_tax: "decimal(15,2)",
  l_returnflag: "char(1)",
  l_linestatus: "char(1)",
  l_shipdate: "date",
  l_commitdate: "date",
  l_receiptdate: "date",
  l_shipinstruct: "char(25)",
  l_shipmode: "char(10)",
  l_comment: "varchar(44)",
};

/** The wide fact table of TPC-H: 16 columns of whole numbers, decimals, dates and short texts. */
export const lineitem: BenchTable = {
  name: "lineitem",
  columns: Object.entries(lineitemColumns).map(([name, type]) => ({
    name,
    type: type.includes("char") ? "varchar" : type,
  })),
  times: 1,
  sql: (rows) => `
    create table lineitem (${Object.entries(lineitemColumns)
      .map(([name, type]) => `${name} ${type} not null`)
      .join(", ")});
    select setseed(0.25);
    insert into lineitem
    select n / 4, 1 + (random() * 199999)::int, 1 + (random() * 9999)::int, 1 + n % 4,
           1 + (random() * 49)::int, round((900 + random() * 104000)::numeric, 2),
           round((random() * 0.1)::numeric, 2), round((random() * 0.08)::numeric, 2),
           (array['A', 'N', 'R'])[1 + n % 3], (array['O', 'F'])[1 + n % 2],
           date '1992-01-02' + (random() * 2500)::int, date '1992-01-31' + (random() * 2500)::int,
           date '1992-01-03' + (random() * 2500)::int,
           (array['DELIVER IN PERSON', 'COLLECT COD', 'NONE', 'TAKE BACK RETURN'])[1 + (random() * 3)::int],
           (array['REG AIR', 'AIR', 'RAIL', 'SHIP', 'TRUCK', 'MAIL', 'FOB'])[1 + (random() * 6)::int],
           substr('the slow river carries regular deposits past furious dams and quietly ironic accounts sleep among them',
                  1 + (random() * 58)::int, 10 + (random() * 33)::int)
    from generate_series(1, ${rows}) n;`,
};

/** A log of events: times with a zone, floats, nulls and JSON documents of a hundred bytes. */
export const events: BenchTable = {
  name: "events",
  columns: [
    { name: "id", type: "bigint" },
    { name: "ts", type: "timestamptz" },
    { name: "user_id", type: "integer" },
    { name: "amount", type: "double" },
    { name: "status", type: "varchar" },
    { name: "payload", type: "varchar", json: true },
  ],
  times: 1,
  sql: (rows) => `
    create table events (id bigint not null, ts timestamptz not null, user_id int, amount double precision,
                         status text, payload jsonb);
    select setseed(0.5);
    insert into events
    select n, timestamptz '2024-01-01 00:00:00+00' + n * interval '1.37 second',
           case when n % 97 > 0 then (random() * 500000)::int end,
           case when n % 53 > 0 then random() * 1000 end,
           (array['new', 'paid', 'shipped', 'cancelled', 'refunded', 'pending_review'])[1 + (random() * 5)::int],
           case when n % 41 > 0 then jsonb_build_object('ip', '10.0.' || n % 256 || '.' || n % 199, 'n', n % 1000,
             'agent', 'Mozilla/5.0 (X11; Linux x86_64)', 'tags', jsonb_build_array('a', 'b' || n % 10)) end
    from generate_series(1, ${rows}) n;`,
};

/** Four times the rows of lineitem: peak memory must be the same. */
export const lineitemTimes4: BenchTable = {
  name: "lineitem_x4",
  columns: lineitem.columns,
  times: 4,
  sql: () => `
    create table lineitem_x4 (like lineitem including all);
    insert into lineitem_x4 select l.* from lineitem l, generate_series(1, 4);`,
};

export const tables: readonly BenchTable[] = [lineitem, events, lineitemTimes4];
