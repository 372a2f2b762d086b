/** Options: where to: the database and the table. Joined with the other groups in `options.ts`. */
import { CONNECTS } from "../option.ts";
import type { OptionSpec } from "../option.ts";

/** The options of the group `target`. */
export const TARGET_OPTIONS = {
  to: {
    group: "target",
    kind: "text",
    wholeRun: "top",
    value: "URL",
    env: ["UPSURGE_TO", "DATABASE_URL"],
    summary:
      "The database: postgres://…, sqlserver://…, sqlite:PATH, or a path ending in .db, .sqlite or .sqlite3.",
    details: "`@NAME` is a connection of a config (see `--config`).",
    example: "--to postgres://app@db.example.com/shop",
    commands: CONNECTS,
  },
  config: {
    group: "target",
    kind: "text",
    notInRun: "it is read before the manifest",
    value: "FILE",
    summary:
      "The config to read; by default upsurge.config.yaml of this folder, where there is one.",
    details:
      "A file of YAML with named connections, for `--to @NAME`, hosts that are never loaded into, and output options. `--config /dev/null` reads none.",
    example: "--config ops/upsurge.config.yaml",
    commands: CONNECTS,
  },
  acceptServer: {
    group: "target",
    kind: "flag",
    wholeRun: true,
    summary: "Go on with a server that speaks PostgreSQL's protocol but is not PostgreSQL.",
    details:
      "Amazon Redshift, Greenplum and other servers of that kind are refused by name, and unknown ones too: locks, transactions or unique keys that a load relies on may not hold there. With the flag the same is said as a warning. Citus, TimescaleDB, Neon and Amazon Aurora are PostgreSQL; YugabyteDB, CockroachDB from 25.3 on and Aurora DSQL are loaded in a way of their own.",
    example: "--accept-server",
    commands: CONNECTS,
  },
  table: {
    group: "target",
    kind: "text",
    short: "t",
    value: "NAME",
    summary: "The table or view to load into; may be qualified: sales.orders.",
    example: "--table sales.orders",
    commands: ["load", "plan", "inspect", "finish"],
    meaning: true,
  },
} as const satisfies Record<string, OptionSpec>;
