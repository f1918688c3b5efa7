import { z } from "zod";
import { secret } from "../../config/secret.js";

export const sslModes = ["disable", "prefer", "require", "verify-ca", "verify-full"] as const;
export type SslMode = (typeof sslModes)[number];

/**
 * How to reach a Postgres server: the fields that source and destination share, spread into a `z.strictObject`.
 * The words are libpq's (https://www.postgresql.org/docs/current/libpq-connect.html), in the file as in the URL; a field
 * wins over the same parameter of the URL, and what neither names comes from PGHOST, PGPORT, PGUSER, PGPASSWORD and
 * PGDATABASE, then the password file.
 */
export const connectionFields = {
  url: secret(
    "postgres://user:password@host:port/database?sslmode=verify-full; libpq's parameters are understood",
  ).optional(),
  host: z.string().min(1).describe("Host name, address, or the folder of the Unix socket").optional(),
  port: z.number().int().min(1).max(65_535).describe("Port; 5432 where none is given").optional(),
  user: z.string().min(1).describe("Role to log in as").optional(),
  password: secret(
    "Password of the role; without one PGPASSWORD and the password file (~/.pgpass) are tried",
  ).optional(),
  database: z.string().min(1).describe("Database; the role's name where none is given").optional(),
  sslmode: z
    .enum(sslModes)
    .describe(
      "TLS: prefer (default) takes what the server offers, verify-full also checks the certificate and the host's name",
    )
    .optional(),
  sslrootcert: z.string().min(1).describe("File with the certificate authorities to trust (PEM)").optional(),
  sslcert: z.string().min(1).describe("File with the client certificate (PEM)").optional(),
  sslkey: z.string().min(1).describe("File with the key of the client certificate (PEM)").optional(),
  connect_timeout: z
    .number()
    .positive()
    .describe("Seconds to wait for a connection; 15 where none are given")
    .optional(),
};

const connectionConfig = z.object(connectionFields);

/** What `connectionFields` parse to. */
export type ConnectionConfig = z.output<typeof connectionConfig>;
