/** Flags that call fields by their numbers, as errors and notes print them. */

/** Flags are shown for so many fields; for more of them, the one that covers all. */
export const FLAGS_SHOWN = 10;

/** The flags that drop these fields. */
export function dropFlags(numbers: readonly number[]): string {
  return numbers.map((number) => `--map '${number}:'`).join(" ");
}

/** The flag that puts a field into a column of the user's choice. */
export function columnFlag(number: number): string {
  return `--map '${number}:COLUMN'`;
}
