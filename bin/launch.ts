#!/usr/bin/env node
/** The executable of the package: runs the command that is in `program.cjs`, with what is compiled of it kept for the next start. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { loadKept } from "./kept-code.ts";

const file = join(import.meta.dirname, "program.cjs");
await loadKept(file, createRequire(file)).command();
