/** What else loads a file into SQLite: the recipe for the sqlite3 shell, which everything is compared with, and other tools. */
import { fileURLToPath } from "node:url";
import { versionOf } from "../rig/tools.ts";
import type { BenchTarget, Case, Variant } from "./bench-target.ts";

/** A larger file would keep sqlite-utils busy for minutes. */
const PEER_ROWS = 100_000;

const PEER = fileURLToPath(new URL("../peers/sqlite.mjs", import.meta.url));

/** The recipe for the shell as it comes is first: it is the anchor. */
export function sqliteVariants(target: BenchTarget): Variant[] {
  const shell = versionOf("sqlite3");
  const recipe = (name: string, setting: string): Variant => ({
    name,
    reports: false,
    skip: () => (shell === null ? "the sqlite3 shell is not installed" : null),
    command: (one) => ({ program: "sqlite3", args: [target.url], input: script(one, setting) }),
  });
  // The driver that upsurge uses comes with a page cache of 16 MB, the shell with 2 MB.
  return [recipe("sqlite3", ""), recipe("sqlite3-16mb", "pragma cache_size = -16000;")];
}

/** Other tools: a loop over prepared statements, and sqlite-utils where it is installed. */
export function sqlitePeers(target: BenchTarget): Variant[] {
  const utils = versionOf("sqlite-utils");
  return [
    {
      name: "better-sqlite3",
      reports: false,
      skip: ({ data }) => (data.shape.pages === null ? null : "counts nothing"),
      command: ({ data, workload }) => ({
        program: process.execPath,
        args: [PEER, target.url, data.csv, workload === "I" ? "insert" : "upsert"],
      }),
    },
    {
      name: "sqlite-utils",
      reports: false,
      skip: ({ data }) => {
        if (utils === null) return "sqlite-utils is not installed";
        if (data.shape.pages !== null) return "counts nothing";
        return data.rows > PEER_ROWS ? `slow: ${PEER_ROWS} rows at most` : null;
      },
      command: ({ data, workload }) => ({
        program: "sqlite-utils",
        args:
          workload === "I"
            ? ["insert", target.url, "target", data.csv, "--csv"]
            : ["upsert", target.url, "target", data.csv, "--csv", "--pk", "id"],
      }),
    },
  ];
}

/** One transaction. `where true` keeps SQLite from reading ON CONFLICT as the ON of a join. */
function script({ data, workload }: Case, setting: string): string {
  const names = data.shape.columns.map(({ name }) => name);
  const columns = names.join(", ");
  const start = `.bail on\n.mode csv\n${setting}\nbegin;`;
  if (workload === "I") return `${start}\n.import --skip 1 '${data.csv}' target\ncommit;\n`;
  const counts = data.shape.pages !== null;
  const updates = names
    .filter((name) => name !== "id")
    .map((name) => `${name} = ${counts && name === "qty" ? "qty + " : ""}excluded.${name}`);
  const rows = counts
    ? "select id, sum(qty), min(note) from staging where true group by id"
    : `select ${columns} from staging where true`;
  return `${start}
create temp table staging as select ${columns} from target limit 0;
.import --skip 1 '${data.csv}' staging
insert into target (${columns}) ${rows}
  on conflict (id) do update set ${updates.join(", ")};
commit;
`;
}
