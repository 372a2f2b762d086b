/** What a plan is refused with, for tests of pure parts. */
import { UpsurgeError } from "../../src/errors/upsurge-error.ts";

/** The error of planning; fails when there is none. */
export function refusal(plan: () => unknown): UpsurgeError {
  try {
    plan();
  } catch (error) {
    if (error instanceof UpsurgeError) return error;
    throw error;
  }
  throw new Error("the plan was accepted");
}
