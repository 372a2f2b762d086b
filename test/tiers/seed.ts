/**
 * Where random tests draw from. A test draws the same values in each run, so that a run that fails is one that the change has
 * broken, and fails again. `UPSURGE_TEST_SEED` is another number, or `random` for one that nobody has chosen.
 */
import { configureGlobal, hash, readConfigureGlobal } from "fast-check";

const VARIABLE = "UPSURGE_TEST_SEED";

/** What is drawn from unless somebody says otherwise. */
const USUAL = 1;

/** Chooses a number where one is to be chosen, for all processes that this one starts; to be called before any test. */
export function settleSeed(): void {
  if (process.env[VARIABLE] !== "random") return;
  process.env[VARIABLE] = String(Math.floor(Math.random() * 2 ** 30));
  console.log(`random tests draw from ${VARIABLE}=${process.env[VARIABLE]}`);
}

/** The seed of what is called so: a whole number below 2³⁰. */
export function seedOf(name: string): number {
  const given = Number(process.env[VARIABLE] ?? USUAL);
  if (!Number.isInteger(given)) throw new Error(`${VARIABLE} takes a whole number, or random`);
  return hash(`${given} ${name}`) >>> 2;
}

/** The first of the rounds of what is called so, each of which has its number for a seed; the variable names another. */
export function firstRound(name: string, variable: string): number {
  return Number(process.env[variable] ?? "") || seedOf(name);
}

/** The properties of a test draw from its own seed. */
export function seedProperties(test: string): void {
  configureGlobal({ ...readConfigureGlobal(), seed: seedOf(test) });
}
