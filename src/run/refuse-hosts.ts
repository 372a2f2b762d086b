/** Refuses a database on a host that a manifest or a config names in `refuse-hosts`, before anything is connected. */
import { isIPv6 } from "node:net";
import { domainToUnicode } from "node:url";
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { PlacedText } from "../manifest/node.ts";
import type { Environment } from "../model/environment.ts";
import type { Options } from "../options/options.ts";
import type { Target } from "../targets/target.ts";

/** Where a load would go, and whose patterns hold. */
export interface RunDestination {
  readonly owner: "manifest" | "config";
  readonly target: Pick<Target, "hosts">;
  readonly options: Pick<Options, "to">;
  readonly environment: Environment;
}

/** Throws `RUN_HOST_REFUSED` where one of the hosts that would be tried has a name that a pattern has. */
export function refuseHosts(patterns: readonly PlacedText[], destination: RunDestination): void {
  if (patterns.length === 0) return;
  const { owner, target, options, environment } = destination;
  for (const host of target.hosts(options.to ?? "", environment)) {
    const spellings = spellingsOf(host);
    for (const { text: pattern, place } of patterns) {
      const expected = spellingsOf(pattern).map(matcher);
      if (!spellings.some((each) => expected.some((one) => one.test(each)))) continue;
      throw upsurgeError("RUN_HOST_REFUSED", { owner, host, pattern }, { where: place });
    }
  }
}

/** `*` is any text, dots included; case and a dot at the end mean nothing. */
function matcher(pattern: string): RegExp {
  const parts = pattern.split("*").map((part) => part.replace(/[\\^$.+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${parts.join("[^]*")}$`, "iu");
}

/** A host as it is written, and as those who resolve names write it: `127.1` is `127.0.0.1`. */
function spellingsOf(host: string): readonly string[] {
  const bare = host
    .trim()
    .replace(/^\[(.*)\]$/s, "$1")
    .replace(/(?<=.)\.$/, "")
    .normalize("NFC");
  const text = `http://${isIPv6(bare) ? `[${bare}]` : bare}/`;
  if (!URL.canParse(text)) return [bare];
  const { hostname, port, username, pathname } = new URL(text);
  if (port !== "" || username !== "" || pathname !== "/") return [bare];
  const plain = hostname.replace(/^\[(.*)\]$/s, "$1");
  return [...new Set([bare, plain, domainToUnicode(plain)])].filter((each) => each !== "");
}
