import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { z } from "zod";
import { connectionFields } from "../../../../sdk/sql/postgres/connection-config.js";
import { connectionSettings } from "../../../../sdk/sql/postgres/connection-settings.js";

const settings = (fields: Record<string, unknown>) =>
  connectionSettings(z.strictObject(connectionFields).parse(fields));

beforeEach(() => {
  for (const name of ["HOST", "PORT", "USER", "PASSWORD", "DATABASE", "SSLMODE", "OPTIONS"])
    vi.stubEnv(`PG${name}`, undefined);
});
afterEach(() => vi.unstubAllEnvs());

test("a URL names everything", () => {
  expect(
    settings({
      url: "postgresql://me:p%40ss@db.example:6432/shop?sslmode=verify-full&sslrootcert=ca.pem&connect_timeout=3",
    }),
  ).toMatchObject({
    host: "db.example",
    port: 6432,
    user: "me",
    password: "p@ss",
    database: "shop",
    sslmode: "verify-full",
    sslrootcert: "ca.pem",
    connectTimeoutSeconds: 3,
  });
});

test("a URL may name a socket or an IPv6 address", () => {
  expect(settings({ url: "postgres://%2Fvar%2Frun/shop" }).host).toBe("/var/run");
  expect(settings({ url: "postgres:///shop?host=/var/run" }).host).toBe("/var/run");
  expect(settings({ url: "postgres://me@[::1]/shop" }).host).toBe("::1");
});

test("a field wins over the URL, the URL over the environment", () => {
  vi.stubEnv("PGHOST", "from-env");
  vi.stubEnv("PGDATABASE", "env-db");
  expect(settings({ url: "postgres://me@from-url", host: "from-field" })).toMatchObject({
    host: "from-field",
    database: "env-db",
  });
  expect(settings({ url: "postgres://me@from-url" }).host).toBe("from-url");
  expect(settings({}).host).toBe("from-env");
});

test.each(["postgres://me:1/canary@host/db", "mysql://me:canary@host/db", "canary"])(
  "a URL that cannot be understood is refused without printing it: %s",
  (url) => {
    const failure = expect.objectContaining({
      code: "postgres.url_invalid",
      message: expect.not.stringContaining("canary"),
    });
    expect(() => settings({ url })).toThrow(failure);
  },
);

test("a wrong mode in the URL is refused with the right ones", () => {
  expect(() => settings({ url: "postgres://h/d?sslmode=yes" })).toThrow(
    expect.objectContaining({ code: "postgres.setting_invalid", hint: expect.stringContaining("verify-full") }),
  );
});
