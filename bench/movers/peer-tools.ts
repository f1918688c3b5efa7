import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { dataDir, dataFolder, root } from "../workspace.js";

/** Where the peers' programs are. */
export interface PeerTools {
  readonly python: string;
  readonly ingestr: string;
  readonly sling: string;
  /** What a peer needs in its environment to find DuckDB without a download. */
  readonly env: Readonly<Record<string, string>>;
}

/** Installs the peers from PyPI, in the versions of requirements.txt, into a venv under `bench/data`. */
export function installPeers(): PeerTools {
  const venv = join(dataDir, "peers");
  const requirements = readFileSync(join(root, "bench/movers/requirements.txt"), "utf8");
  const marker = join(venv, "requirements.txt");
  if (!existsSync(marker) || readFileSync(marker, "utf8") !== requirements) {
    console.error("installing the peers into bench/data/peers …");
    execFileSync("python3", ["-m", "venv", venv], { stdio: "inherit" });
    const pip = ["-m", "pip", "install", "--quiet", "--requirement", join(root, "bench/movers/requirements.txt")];
    execFileSync(join(venv, "bin/python"), pip, { stdio: "inherit" });
    writeFileSync(marker, requirements);
  }
  const python = join(venv, "bin/python");
  const packages = execFileSync(python, ["-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], {
    encoding: "utf8",
  }).trim();
  return {
    python,
    ingestr: join(venv, "bin/ingestr"),
    sling: join(packages, "sling_linux_amd64/bin/sling-linux-amd64"),
    env: {
      HOME: homeWithExtensions(packages),
      DUCKDB_PATH: join(packages, "duckdb_cli/duckdb"),
      ADBC_DRIVER_PATH: adbcDrivers(),
      SLING_DISABLE_TELEMETRY: "true",
      RUNTIME__DLTHUB_TELEMETRY: "false",
      DISABLE_TELEMETRY: "true",
    },
  };
}

/** Sling's DuckDB looks for its extensions in the home folder, and would download them. */
function homeWithExtensions(packages: string): string {
  const home = dataFolder("peers-home");
  const folder = join(home, ".duckdb/extensions/v1.5.5/linux_amd64");
  mkdirSync(folder, { recursive: true });
  for (const name of ["json", "httpfs"]) {
    const file = `${name}.duckdb_extension`;
    copyFileSync(join(packages, `duckdb_extension_${name}/extensions/v1.5.5`, file), join(folder, file));
  }
  return home;
}

/** ingestr speaks to DuckDB by ADBC: the library of our own dependency is such a driver. */
function adbcDrivers(): string {
  const folder = dataFolder("peers-adbc");
  const require = createRequire(createRequire(import.meta.url).resolve("@duckdb/node-api"));
  const bindings = dirname(require.resolve(`@duckdb/node-bindings-${process.platform}-${process.arch}/package.json`));
  const lines = [
    "manifest_version = 1",
    'name = "DuckDB"',
    'version = "1.5"',
    "[Driver]",
    'entrypoint = "duckdb_adbc_init"',
    `shared = "${join(bindings, "libduckdb.so")}"`,
  ];
  writeFileSync(join(folder, "duckdb.toml"), `${lines.join("\n")}\n`);
  return folder;
}
