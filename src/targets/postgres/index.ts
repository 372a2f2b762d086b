/** The PostgreSQL target, versions 14 to 18, through the driver `pg`. */
import type { Target } from "../target.ts";
import { describeUrl } from "./connection-url.ts";

/** The target that the registry offers for `postgres://` URLs. */
export const postgres: Target = {
  name: "postgres",
  accepts: (url) => /^postgres(ql)?:\/\//i.test(url),
  describe: describeUrl,
  connect: async (options) => await (await import("./connect.ts")).connect(options),
};
