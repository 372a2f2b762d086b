/**
 * How tests run: in Node, in a few processes that take one file after the other (tests may change directory) and load the
 * program once, with one PostgreSQL for all.
 */
import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { keepTemporaryFilesInMemory } from "./test/tiers/in-memory.ts";
import { LongestFirst } from "./test/tiers/longest-first.ts";
import { settleSeed } from "./test/tiers/seed.ts";
import { leftOut } from "./test/tiers/tiers.ts";

keepTemporaryFilesInMemory();
settleSeed();

export default defineConfig({
  test: {
    environment: "node",
    include: ["test/**/*.test.ts"],
    exclude: leftOut(),
    pool: "forks",
    isolate: false,
    // Kept by their content, so that the runs of `npm test` translate each file once.
    experimental: { fsModuleCache: true },
    // Vitest would leave a core to itself; but the tests wait for databases and processes more than half of the time.
    maxWorkers: 2 * Math.max(1, availableParallelism()),
    globalSetup: ["test/helpers/build.ts", "test/helpers/postgres-server.ts"],
    setupFiles: ["test/tiers/each-file.ts"],
    sequence: { sequencer: LongestFirst },
    // No test needs so long, on any machine: what does not end is found here, and by no time that a test asserts.
    testTimeout: 300_000,
    hookTimeout: 180_000,
  },
});
