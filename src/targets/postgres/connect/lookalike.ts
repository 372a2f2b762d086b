/**
 * Tells PostgreSQL from servers that only speak its protocol, by `version()`: a load leans on locks, transactions and unique
 * keys that some of them promise and do not keep.
 */

/** A server that is not PostgreSQL. */
export interface Lookalike {
  readonly name: string;
  /** What a load would risk there, as a clause. */
  readonly risk: string;
}

const UNKNOWN_RISK =
  "whether it locks, undoes and refuses as PostgreSQL does is not known: records could be lost, doubled or left behind by a load that failed";

/** What is known of some, by a word of their `version()`. */
const KNOWN: readonly (readonly [word: RegExp, name: string, risk: string])[] = [
  [
    /^CockroachDB\b/,
    "CockroachDB",
    "before 25.3 its catalog does not tell of triggers, and its advisory locks do nothing, so two loads or two runs of a job at once are not kept apart",
  ],
  [
    /\bRedshift\b/,
    "Amazon Redshift",
    "its unique keys are not enforced, so a key can be there twice",
  ],
  [/\(Greenplum Database\b/, "Greenplum", UNKNOWN_RISK],
  [/\bCloudberry\b/, "Cloudberry", UNKNOWN_RISK],
  [
    /\bEnterpriseDB\b/,
    "EDB Postgres Advanced Server",
    "in its Oracle mode dates and empty strings are not what they are in PostgreSQL",
  ],
  [
    /\bopenGauss\b/i,
    "openGauss",
    "an empty string can be NULL there, which PostgreSQL tells apart",
  ],
  [/\bGaussDB\b/i, "GaussDB", "an empty string can be NULL there, which PostgreSQL tells apart"],
  [/^CrateDB\b/, "CrateDB", "it has no transactions, so a load that fails leaves rows behind"],
  [/\bQuestDB\b/, "QuestDB", UNKNOWN_RISK],
  [/\bRisingWave\b/i, "RisingWave", UNKNOWN_RISK],
  [/\bMaterialize\b/i, "Materialize", UNKNOWN_RISK],
  [/\bOrioleDB\b/, "OrioleDB", UNKNOWN_RISK],
];

/**
 * How PostgreSQL's own build writes it, down to the number of bits at the end. Behind the number may stand who packed it, or
 * the commit it was built from (Neon).
 */
const OWN =
  /^PostgreSQL \d+(?:\.\d+|devel|beta\d+|rc\d+)(?: \((?:(?:Debian|Ubuntu|Raspbian|Devuan|Red Hat|RHEL|Fedora|Rocky|AlmaLinux|SUSE|openSUSE|Alpine|Arch|Gentoo|FreeBSD|Homebrew|MacPorts|Postgres\.app|Percona)\b[^()]*|[0-9a-f]{7,40})\)| - Percona[^,]*?)?(?: on [\w.-]+)?, compiled by [^\n]+, (?:32|64)-bit$/;

/** What a server is by its `version()`; `null`: PostgreSQL. A server that does not answer is no PostgreSQL either. */
export function judgeServer(version: string | null): Lookalike | null {
  if (version === null) return { name: "an unknown server", risk: UNKNOWN_RISK };
  const text = version.trim();
  const known = KNOWN.find(([word]) => word.test(text));
  if (known !== undefined) return { name: known[1], risk: known[2] };
  if (OWN.test(text)) return null;
  return { name: `"${text.slice(0, 60)}${text.length > 60 ? "…" : ""}"`, risk: UNKNOWN_RISK };
}

/** What a server is, in a few words; `version` is its `server_version_num`. */
export function serverText(version: number, lookalike: Lookalike | null): string {
  const number = `PostgreSQL ${Math.floor(version / 10_000)}.${version % 10_000}`;
  return lookalike === null ? number : `${lookalike.name} (as ${number})`;
}

/** What is to be known of a server that only speaks the protocol. */
export function lookalikeWarning({ name, risk }: Lookalike): string {
  return `the server is ${name}, not PostgreSQL: ${risk}`;
}
