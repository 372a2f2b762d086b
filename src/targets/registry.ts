/** The only file that names targets. Each is loaded when a URL asks for it; only its words are there from the start. */
import type { Environment } from "../model/environment.ts";
import { nearest } from "../errors/edit-distance.ts";
import { upsurgeError } from "../errors/upsurge-error.ts";
import { POSTGRES_WORDS } from "./postgres/words.ts";
import { SQLITE_WORDS } from "./sqlite/words.ts";
import { SQLSERVER_WORDS } from "./sqlserver/words.ts";
import type { Target } from "./target.ts";
import type { TargetWords } from "./target-words.ts";

/** The words of every target. */
export const TARGET_WORDS: readonly TargetWords[] = [POSTGRES_WORDS, SQLSERVER_WORDS, SQLITE_WORDS];

/** Schemes of databases that nothing loads into, with what drivers add to them. */
const OTHERS =
  /^(?:mysqlx?|mariadb|oracle|mongodb|snowflake|bigquery|clickhouses?|duckdb|db2|cassandra|redis|access|firebird|hana|teradata|databricks)(?:\+[a-z0-9]+)?$/;

const TARGETS: readonly (() => Promise<Target>)[] = [
  async () => (await import("./postgres/index.ts")).postgres,
  async () => (await import("./sqlserver/index.ts")).sqlserver,
  async () => (await import("./sqlite/index.ts")).sqlite,
];

/** The target of this name. Throws `INTERNAL` for any other. */
export async function targetNamed(name: string): Promise<Target> {
  for (const loadTarget of TARGETS) {
    const target = await loadTarget();
    if (target.name === name) return target;
  }
  throw upsurgeError("INTERNAL", { message: `no target is called ${name}` });
}

/** A URL as it is copied: in quotes, after the name of its variable, or with the command before it. */
const WRAPPED =
  /^\s*(?:psql\s+|(?:export\s+)?\w+=)?(?<quote>["'`]?)(?<bare>[a-z][\w+.-]*:.*?)\k<quote>;?\s*$/is;

/** The target that reads `url`. Throws `TARGET_URL`. */
export async function findTarget(url: string): Promise<Target> {
  const targets: Target[] = [];
  for (const loadTarget of TARGETS) {
    const target = await loadTarget();
    if (target.accepts(url)) return target;
    targets.push(target);
  }
  const shown = url.replace(/\/\/.*@/s, "//***@").replace(/\?.*$/s, "");
  const bare = WRAPPED.exec(url)?.groups?.["bare"] ?? url;
  if (bare !== url && targets.some((each) => each.accepts(bare))) {
    const reason = "there is something around it, as it stands in a file or a command";
    const fix =
      "pass what begins with the scheme alone, without the quotes, blanks and words around it";
    throw upsurgeError("TARGET_URL", { url: shown, reason }, { fix });
  }
  for (const each of targets) {
    const suggestion = each.suggest?.(url) ?? null;
    if (suggestion === null) continue;
    const { reason, fix } = suggestion;
    throw upsurgeError("TARGET_URL", { url: shown, reason }, { fix });
  }
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(url)?.[0];
  if (scheme === undefined) {
    const reason = "it is not a URL, and its name does not end like a database file's";
    throw upsurgeError("TARGET_URL", { url: shown, reason });
  }
  const name = scheme.slice(0, -1).toLowerCase();
  // A name that is near one of ours all the same is another database, and no slip.
  if (OTHERS.test(name)) {
    const reason = `upsurge loads into PostgreSQL, SQL Server and SQLite, and ${name} is another database`;
    throw upsurgeError("TARGET_URL", { url: shown, reason });
  }
  const reason = `no target reads ${scheme}`;
  const schemes = TARGET_WORDS.flatMap((words) => [...words.schemes, ...words.pathSchemes]);
  const near = nearest(name, schemes);
  const fix = near === null ? {} : { fix: `begin it with ${near}: instead of ${scheme}` };
  throw upsurgeError("TARGET_URL", { url: shown, reason }, fix);
}

/** The text with its path relative to `folder`, of a target that has one. Never throws: what is wrong is told when connecting. */
export async function inFolderOf(url: string, folder: string): Promise<string> {
  try {
    const target = await findTarget(url);
    return target.inFolder?.(url, folder) ?? url;
  } catch {
    return url;
  }
}

/** The passwords that a connection to `url` takes from elsewhere, from files say. Never throws. */
export async function secretsElsewhere(
  url: string,
  environment: Environment,
): Promise<readonly string[]> {
  const target = await findTarget(url).catch(() => null);
  return target?.secrets?.(url, environment) ?? [];
}
