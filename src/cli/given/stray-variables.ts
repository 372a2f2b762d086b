/**
 * Variables whose names begin as those of options do, and give none. One that seems to mean an option stops the call: a
 * misspelt UPSURGE_DRY_RUN must not load. Any other is only told of.
 */
import { readFile } from "node:fs/promises";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { UpsurgeError } from "../../errors/upsurge-error.ts";
import type { Environment } from "../../model/environment.ts";
import { explicitReason, strayVariables } from "../../options/layers/ambient.ts";
import type { StrayVariable } from "../../options/layers/ambient.ts";
import { flagOf } from "../../options/flag.ts";

/** Sentences about those that stop nothing. Throws `OPTION_VARIABLE`. `files` may hold variables, which are then meant. */
export async function refuseStrays(
  environment: Environment,
  files: readonly (string | null)[],
): Promise<readonly string[]> {
  const strays = strayVariables(environment);
  if (strays.length === 0) return [];
  const texts = await Promise.all(
    files.map(async (path) => (path === null ? "" : await readFile(path, "utf8").catch(() => ""))),
  );
  const left = strays.filter(
    ({ variable }) => !texts.some((text) => text.includes(`\${${variable}`)),
  );
  for (const stray of left) {
    if (stray.option !== null || stray.near !== null) throw refused(stray);
  }
  return left.map(({ variable }) => `the variable ${variable} gives no option: its name is none`);
}

function refused({ variable, option, near }: StrayVariable): UpsurgeError {
  const where = `$${variable}`;
  if (option !== null) {
    const flag = flagOf(option);
    const reason = `${flag} is not taken from the environment: ${explicitReason(option) ?? ""}`;
    const suggestion = `unset ${variable}, and pass ${flag} where it is meant`;
    return upsurgeError("OPTION_VARIABLE", { variable, reason, suggestion }, { where });
  }
  const reason = "its name begins as those of options do, and no option is called so";
  const suggestion = `did you mean ${near ?? ""}? Unset ${variable} if it is for something else`;
  return upsurgeError("OPTION_VARIABLE", { variable, reason, suggestion }, { where });
}
