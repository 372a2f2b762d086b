/** How tests run: in Node, each file in a process of its own (tests may change directory), with one PostgreSQL for all. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    environment: "node",
    include: ["test/**/*.test.ts"],
    pool: "forks",
    globalSetup: ["test/helpers/postgres-server.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
