/** Which methods of writing SQL Server has. */
import type { MethodCapabilities } from "../method-capabilities.ts";
import { COPIES } from "./apply/direct-insert.ts";

/** Its upsert is MERGE; it has no BEFORE triggers. */
export const METHODS: MethodCapabilities = { native: "merge", copy: COPIES };
