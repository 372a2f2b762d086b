/** The last step of a build: the command may be run as a file. */
import { chmodSync } from "node:fs";

chmodSync(new URL("../dist/bin/upsurge.js", import.meta.url), 0o755);
