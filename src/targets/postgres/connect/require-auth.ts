/** The ways of logging in that `require_auth` allows. */
import { badValue } from "./parameters.ts";

const METHODS = ["password", "md5", "gss", "sspi", "scram-sha-256", "oauth", "none"] as const;

/** A way in which a server lets a client in. */
export type AuthenticationMethod = (typeof METHODS)[number];

/** Reads `require_auth`: `scram-sha-256,none`, or `!password,!md5` for all but those; `null` allows all. Throws `OPTION_VALUE`. */
export function readRequireAuth(
  text: string | undefined,
): ReadonlySet<AuthenticationMethod> | null {
  if (text === undefined || text === "") return null;
  const words = text.split(",").map((each) => each.trim());
  const names = words.map((each) => each.replace(/^!/, ""));
  const negated = words.filter((each) => each.startsWith("!")).length;
  const isMixed = negated > 0 && negated < words.length;
  const known = METHODS.filter((method) => names.includes(method));
  // Each is known, and none occurs twice.
  if (isMixed || known.length !== words.length) {
    const expected = `different ones of ${METHODS.join(", ")}, or the same with a ! before each`;
    throw badValue("require_auth", text, expected);
  }
  return new Set(negated === 0 ? known : METHODS.filter((method) => !known.includes(method)));
}
