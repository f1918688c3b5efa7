import { expect, test } from "vitest";
import { ConfigError } from "../../../../sdk/errors.js";
import { postgresError } from "../../../../sdk/sql/postgres/postgres-error.js";

const failure = (code: string, message = "it failed") => Object.assign(new Error(message), { code });

test.each([
  ["28P01", "config", "postgres.login_refused"],
  ["42501", "config", "postgres.no_grant"],
  ["42P01", "config", "postgres.table_missing"],
  ["42601", "config", "postgres.sql_refused"],
  ["53300", "transient", "postgres.too_many_connections"],
  ["53100", "transient", "postgres.disk_full"],
  ["57014", "transient", "postgres.statement_cancelled"],
  ["57P01", "transient", "postgres.connection_lost"],
  ["22003", "data", "postgres.value_refused"],
  ["23505", "data", "postgres.constraint_violated"],
  ["XX001", "system", "postgres.unexpected"],
  ["ECONNREFUSED", "transient", "postgres.connection_refused"],
  ["ENOTFOUND", "config", "postgres.host_unknown"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "config", "postgres.certificate_name"],
])("%s is %s %s", (code, kind, expected) => {
  expect(postgresError(failure(code))).toMatchObject({ kind, code: expected });
});

test("the message names stream, server and cause", () => {
  const error = postgresError(failure("42P01", 'relation "x" does not exist'), {
    server: "db:5432/shop",
    stream: "public.x",
  });
  expect(error.message).toBe('public.x: db:5432/shop: relation "x" does not exist');
  expect(error.stream).toBe("public.x");
});

test("the first address tried explains a refused connection", () => {
  const error = new AggregateError([failure("ECONNREFUSED", "connect ECONNREFUSED ::1:5432"), failure("ECONNREFUSED")]);
  expect(postgresError(error)).toMatchObject({ code: "postgres.connection_refused" });
});

test("an error that already says who must act stays as it is", () => {
  const error = new ConfigError("a.b", "c");
  expect(postgresError(error)).toBe(error);
});
