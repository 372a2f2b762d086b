/** The words of a database that the program needs before its target is loaded. */

/** What the program must know of a target before any is loaded: how its secrets are told from what may be seen. */
export interface TargetWords {
  /** Schemes of its URLs, before `://`; a password equal to one is no secret. */
  readonly schemes: readonly string[];
  /** Schemes before a path, without a user. */
  readonly pathSchemes: readonly string[];
  /** The environment variables that hold a password. */
  readonly secretVariables: readonly string[];
}
