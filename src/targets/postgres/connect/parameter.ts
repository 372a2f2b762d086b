/** What one connection parameter is, and where parameters come from. The rows are in `libpq-parameters.ts` and `other-parameters.ts`. */

/** Connection settings by libpq's keywords: `host`, `port`, `user`, `password`, `dbname`, `sslmode`, … and `search_path`. */
export type PostgresSettings = Readonly<Record<string, string | undefined>>;

/** One row of the table: a word that a URL, a keyword string, a service file or the environment may give. */
export interface Parameter {
  /** As it is in a URL, a keyword string and a service file. */
  readonly name: string;
  /** The environment variable that says the same. */
  readonly variable?: string;
  /** The version of libpq that brought it, where that is later than 14. */
  readonly since?: number;
  /**
   * Absent: it does what its owner's documentation says. `passed over`: it has no bearing on a load. `refused`: it asks for
   * something that cannot be had, and only `harmless` values pass.
   */
  readonly does?: "passed over" | "refused";
  /** What it does here, or why it is passed over or refused; a clause for the documentation and for messages. */
  readonly note: string;
  /** The parameter that it is another word for. */
  readonly as?: string;
  /** For another word: its values and those that they stand for; absent, any value stands for itself. */
  readonly meanings?: Readonly<Record<string, string>>;
  /** The only values it takes; capitals make no difference. */
  readonly values?: readonly string[];
  /** Values of a refused parameter that ask for nothing, in lower case. */
  readonly harmless?: readonly string[];
  /** Refused on such connections only; on others it asks for nothing. */
  readonly only?: "socket";
  /** What to write instead of a refused one. */
  readonly instead?: string;
}

/** Parameters that differ in nothing but their names. */
export function alike(names: readonly string[], row: Omit<Parameter, "name">): Parameter[] {
  return names.map((name) => ({ name, ...row }));
}
