/** docs/reference/postgres-connections.md, from the table of connection parameters. */
import { LIBPQ_PARAMETERS } from "../src/targets/postgres/connect/libpq-parameters.ts";
import { OTHER_PARAMETERS } from "../src/targets/postgres/connect/other-parameters.ts";
import type { Parameter } from "../src/targets/postgres/connect/parameter.ts";

const DOES = {
  honoured: "honoured",
  "passed over": "passed over",
  refused: "**refused**",
} as const;

/** The lines of the page, below its title. */
export function connectionsPage(): string[] {
  const others = OTHER_PARAMETERS.filter(({ does }) => does !== "passed over");
  const passed = OTHER_PARAMETERS.filter(({ does }) => does === "passed over");
  return [
    "Every connection parameter of libpq 18, and the words that other programs put into the same URL. A word in the URL (or the",
    "keyword string) comes before the service file, the service file before the environment, as in libpq; names are spelled as",
    "they are here. **Refused** means an error that names the parameter, unless its value asks for nothing. A word that is in",
    "no table is an error as well, with the word that may be meant: `sslmod=require` never loads in the clear.",
    "",
    "`--to` takes `postgres://`, `postgresql://`, `pgsql://` and `postgis://`, also with SQLAlchemy's driver (`postgresql+psycopg2://`) and",
    "as JDBC writes it (`jdbc:postgresql://`), and libpq's keyword strings (`host=db.example.com dbname=shop`).",
    "",
    "## libpq",
    "",
    "| Parameter | Variable | Here | |",
    "|---|---|---|---|",
    ...LIBPQ_PARAMETERS.map(libpqRow),
    "",
    "Variables without a parameter: `PGSERVICEFILE` and `PGSYSCONFDIR` (where the service file is), `PGDATESTYLE`, `PGTZ` and `PGGEQO`",
    "(settings of the session) and `PGREQUIRESSL` are honoured; `PGLOCALEDIR` has no bearing.",
    "",
    "## Others",
    "",
    "| Parameter | Means | Here | |",
    "|---|---|---|---|",
    ...others.map(otherRow),
    "",
    "Passed over, since they are about pools, caches and diagnostics of their programs:",
    "",
    ...byOwner(passed),
    "",
    "## Where upsurge is stricter than libpq",
    "",
    "- Without `sslmode`, a host other than this machine is `verify-full`; libpq says `prefer`.",
    "- `verify-ca` and `verify-full` without a root certificate trust the CAs of the system; libpq refuses.",
    "- `sslrootcert`, `sslcrl` and `sslcrldir` that cannot be read are errors in every mode but `disable`; libpq goes on without them.",
    "- `verify-full` with `hostaddr` and no `host` wants a certificate that is made out for the address; libpq refuses.",
  ];
}

function libpqRow({ name, variable, since, does, note }: Parameter): string {
  const version = since === undefined ? "" : ` (libpq ${since})`;
  const from = variable === undefined ? "" : code(variable);
  return `| ${code(name)}${version} | ${from} | ${DOES[does ?? "honoured"]} | ${cell(note)} |`;
}

function otherRow({ name, as, does, note }: Parameter): string {
  return `| ${code(name)} | ${as === undefined ? "" : code(as)} | ${DOES[does ?? "honoured"]} | ${cell(note)} |`;
}

function byOwner(rows: readonly Parameter[]): string[] {
  const owners = new Map<string, string[]>();
  for (const { name, note } of rows) owners.set(note, [...(owners.get(note) ?? []), code(name)]);
  return [...owners].map(([owner, names]) => `- ${owner}: ${names.join(", ")}`);
}

function code(text: string): string {
  return `\`${text}\``;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
