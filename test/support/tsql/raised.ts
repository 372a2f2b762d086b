/** An error of the language while it is on its way: what it says, and what it does to the batch and the transaction. */

/**
 * What an error does when XACT_ABORT is off:
 * `statement` undoes its statement only, `doom` leaves a transaction that can only be rolled back,
 * `rollback` takes the whole transaction with it, `compile` ends the batch and no TRY of that batch sees it,
 * `throw` ends the batch unless a TRY sees it, `message` lets the batch go on.
 */
export type Effect = "statement" | "doom" | "rollback" | "compile" | "throw" | "message";

/** An error with its SQL Server number. */
export class Raised extends Error {
  readonly number: number;
  readonly effect: Effect;
  readonly severity: number;
  readonly state: number;

  constructor(number: number, message: string, effect: Effect, { severity = 16, state = 1 } = {}) {
    super(message);
    this.number = number;
    this.effect = effect;
    this.severity = severity;
    this.state = state;
  }
}

/** The error of everything that this interpreter leaves out. */
export function notInTheSet(what: string): Raised {
  return new Raised(40000, `not in the set: ${what}`, "compile");
}
