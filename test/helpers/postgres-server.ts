/**
 * Starts one PostgreSQL for all tests and removes it at the end.
 * `UPSURGE_TEST_POSTGRES` names a server to use instead, whose user must be allowed to create databases; `none`: no test needs one.
 */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { startEmbedded } from "./embedded-postgres.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** URL of a server where databases can be created. */
    postgresUrl: string;
  }
}

/** Settings that make a server fast and forgetful. */
const FORGETFUL = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  max_wal_size: "1GB",
  shared_buffers: "64MB",
  max_connections: "60",
};

/** Vitest's global setup: provides `postgresUrl`, and returns what stops the server. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env["UPSURGE_TEST_POSTGRES"];
  if (given !== undefined && given !== "") {
    project.provide("postgresUrl", given);
    return async () => {};
  }
  const server = await startEmbedded(await mkdtemp(join(tmpdir(), "upsurge-postgres-")), FORGETFUL);
  project.provide("postgresUrl", server.url);
  return () => server.remove();
}
