/** What a load says of its course: any logger that takes fields and a sentence. */

/** Takes what is said at one level. */
export type LogCall = (fields: object, message: string) => void;

/** A logger; `pino` makes such, and an object with four functions is one. */
export interface Log {
  readonly debug: LogCall;
  readonly info: LogCall;
  readonly warn: LogCall;
  readonly error: LogCall;
  /** Tells whether anybody listens, where finding out what to say costs something. Absent: somebody may. */
  readonly isLevelEnabled?: (level: string) => boolean;
}
