/** `upsurge completion`: prints the script that makes a shell complete words. */
import { nearest } from "../../errors/edit-distance.ts";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import { COMPLETION_SCRIPTS } from "../completion/scripts.ts";
import { SHELLS } from "../completion/shell-words.ts";

/** The script of the shell that is named. Throws `OPTION_MISSING` and `OPTION_VALUE`. */
export function completionScript([name, ...others]: readonly string[]): string {
  const known = SHELLS.join(", ");
  if (name === undefined) {
    const details = { flag: "a shell", reason: "each has a script of its own" };
    const fix = `name yours: upsurge completion bash; the others are ${SHELLS.slice(1).join(", ")}`;
    throw upsurgeError("OPTION_MISSING", details, { fix });
  }
  const shell = others.length > 0 ? undefined : SHELLS.find((each) => each === name);
  if (shell !== undefined) return COMPLETION_SCRIPTS[shell];
  const near = nearest(name, SHELLS);
  const fix = `upsurge completion ${near ?? (name === "pwsh" ? "powershell" : "bash")}`;
  const details = {
    flag: "the shell",
    value: `'${[name, ...others].join(" ")}'`,
    expected: `one of ${known}`,
  };
  throw upsurgeError("OPTION_VALUE", details, { fix });
}
