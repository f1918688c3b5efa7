/**
 * Pins a session: UTC, ISO dates, UTF-8, every digit of a float, no timeouts of the role. A query, so that it also runs
 * through a pooler that refuses start-up options; idle_session_timeout came with Postgres 14.
 */
export const pinSession = `
  select set_config(name, value, false)
  from (values ('client_encoding', 'UTF8'), ('TimeZone', 'UTC'), ('DateStyle', 'ISO, YMD'), ('IntervalStyle', 'postgres'),
               ('extra_float_digits', '3'), ('bytea_output', 'hex'), ('statement_timeout', '0'),
               ('idle_in_transaction_session_timeout', '0'), ('idle_session_timeout', '0')) setting(name, value)
  where current_setting(name, true) is not null`;

/**
 * Pins the open transaction likewise, before anything is read in it: a pooler may run it in a session that nobody pinned
 * (pgbouncer with pool_mode = transaction).
 */
export const pinTransaction = `
  set local client_encoding = 'UTF8'; set local timezone = 'UTC'; set local datestyle = 'ISO, YMD'; set local intervalstyle = 'postgres';
  set local extra_float_digits = 3; set local bytea_output = 'hex'; set local statement_timeout = 0;
  set local idle_in_transaction_session_timeout = 0`;
