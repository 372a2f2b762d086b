/** Reads `refuse-hosts`: patterns of hosts that are never loaded into. */
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { Environment } from "../model/environment.ts";
import type { NamedNode, PlacedText } from "./node.ts";
import { readTexts } from "./read-options.ts";

/** The patterns. Throws `MANIFEST_*` errors. */
export function readHosts(entry: NamedNode, environment: Environment): readonly PlacedText[] {
  const patterns = readTexts(entry, "a pattern of hosts, or a list of them", environment);
  for (const pattern of patterns) refuseNoHost(pattern);
  return patterns;
}

/** What is more than a host would match none, and refuse nothing. */
function refuseNoHost({ text, place }: PlacedText): void {
  const isHost = !/[,\s]|:\/\/|^[^:]*:\d*$|@/.test(text);
  if (isHost) return;
  const details = {
    name: "refuse-hosts",
    value: `'${text}'`,
    expected: "one host or pattern each, without scheme, user and port",
    suggestion: 'for example refuse-hosts: ["*.prod.example.com", db1]',
  };
  throw upsurgeError("MANIFEST_VALUE", details, { where: place });
}
