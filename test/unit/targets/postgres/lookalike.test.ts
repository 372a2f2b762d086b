/** PostgreSQL and those that speak its protocol, by what their `version()` says. */
import { expect, test } from "vitest";
import { makerOf } from "../../../../src/targets/postgres/distributed/makers.ts";
import { judgeServer } from "../../../../src/targets/postgres/connect/lookalike.ts";

// As they were printed: by PostgreSQL's own build, packers of it, and services that run it.
test.each([
  "PostgreSQL 18.4 on x86_64-pc-linux-gnu, compiled by gcc (Ubuntu 7.5.0-3ubuntu1~18.04) 7.5.0, 64-bit",
  "PostgreSQL 15.18 (Debian 15.18-0+deb12u1) on x86_64-pc-linux-gnu, compiled by gcc (Debian 12.2.0-14+deb12u1) 12.2.0, 64-bit",
  "PostgreSQL 17.5 (Debian 17.5-1.pgdg120+1) on aarch64-unknown-linux-gnu, compiled by gcc (Debian 12.2.0-14) 12.2.0, 64-bit",
  "PostgreSQL 16.14 on x86_64-pc-linux-musl, compiled by gcc (Alpine 15.2.0) 15.2.0, 64-bit",
  "PostgreSQL 14.23 (Homebrew) on aarch64-apple-darwin25.6.0, compiled by Apple clang version 21.0.0 (clang-2100.1.1.101), 64-bit",
  // Windows.
  "PostgreSQL 15.16, compiled by Visual C++ build 1944, 64-bit",
  // Neon, with the commit it was built from.
  "PostgreSQL 17.5 (84bec44) on aarch64-unknown-linux-gnu, compiled by gcc (Debian 12.2.0-14+deb12u1) 12.2.0, 64-bit",
  // Amazon Aurora, and RDS.
  "PostgreSQL 14.3 on x86_64-pc-linux-gnu, compiled by x86_64-pc-linux-gnu-gcc (GCC) 7.4.0, 64-bit",
  "PostgreSQL 16.13 on x86_64-pc-linux-gnu, compiled by x86_64-pc-linux-gnu-gcc (GCC) 12.4.0, 64-bit",
  "PostgreSQL 19devel on x86_64-linux, compiled by gcc-14.2.0, 64-bit",
  "PostgreSQL 18beta1 on x86_64-pc-linux-gnu, compiled by clang-18, 64-bit",
])("PostgreSQL: %s", (version) => {
  expect(judgeServer(version)).toBeNull();
});

// As they were printed, in issues, manuals and tests of programs that meet them.
test.each([
  [
    "CockroachDB",
    "CockroachDB CCL v21.1.0 (x86_64-unknown-linux-gnu, built 2021/04/23 13:54:57, go1.13.14)",
  ],
  [
    "Amazon Redshift",
    "PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC gcc (GCC) 3.4.2 20041017 (Red Hat 3.4.2-6.fc3), Redshift 1.0.50629",
  ],
  [
    "Greenplum",
    "PostgreSQL 9.4.24 (Greenplum Database 6.2.1 build commit:d90ac1a1b983b913b3950430d4d9e47ee8827fd4) on x86_64-unknown-linux-gnu, compiled by gcc (GCC) 6.4.0, 64-bit compiled on Dec 12 2019 18:35:48",
  ],
  [
    "Cloudberry",
    "PostgreSQL 14.4 (Apache Cloudberry 2.0.0-incubating build 1) on aarch64-unknown-linux-gnu, compiled by gcc (GCC) 11.5.0 20240719 (Red Hat 11.5.0-11), 64-bit",
  ],
  [
    "EDB Postgres Advanced Server",
    "PostgreSQL 17.4 (EnterpriseDB Advanced Server 17.4.0) on x86_64-pc-linux-gnu, compiled by gcc (GCC) 11.5.0 20240719 (Red Hat 11.5.0-5), 64-bit",
  ],
  [
    "openGauss",
    "PostgreSQL 9.2.4 (openGauss 2.0.0 build 78689da9) compiled at 2021-03-31 21:04:03 commit 0 last mr   on x86_64-unknown-linux-gnu, compiled by g++ (GCC) 7.3.0, 64-bit",
  ],
  ["CrateDB", "CrateDB 5.2.3"],
  ["QuestDB", "PostgreSQL 12.3, compiled by Visual C++ build 1914, 64-bit, QuestDB"],
  ["RisingWave", "PostgreSQL 13.14.0-RisingWave-2.3.2 (58c5893670f326f0922b9bc58c61c83cabeccaa8)"],
  // Hologres says where it was built, not what it is.
  [
    '"PostgreSQL 11.3 (Release-build@4bf700d062 on origin/release-…"',
    "PostgreSQL 11.3 (Release-build@4bf700d062 on origin/release-0.8.x) on x86_64-pc-linux-gnu, compiled by x86_64-pc-linux-gnu-gcc (GCC) 8.3.0, 64-bit",
  ],
  ['"PostgreSQL 14.1"', "PostgreSQL 14.1"],
  ['"v1.0 of something"', "v1.0 of something"],
])("%s: %s", (name, version) => {
  const lookalike = judgeServer(version);

  expect(lookalike?.name).toBe(name);
  expect(lookalike?.risk).toMatch(/\w{3}/);
});

test.each([
  [
    "YugabyteDB",
    "PostgreSQL 15.12-YB-2.25.2.0-b0 on x86_64-pc-linux-gnu, compiled by clang version 19.1.0 (https://github.com/yugabyte/llvm-project.git a2a6b655e14e), 64-bit",
  ],
  ["Aurora DSQL", "PostgreSQL 16"],
  ["CockroachDB", "CockroachDB CCL v25.3.0 (x86_64-pc-linux-gnu, built 2025/08/01, go1.23.11)"],
  ["CockroachDB", "CockroachDB OSS v26.10.0-beta.1 (aarch64-unknown-linux-gnu)"],
])("%s is loaded in its own way: %s", (name, version) => {
  expect(makerOf(version)?.name).toBe(name);
});

test("PostgreSQL and the servers that are refused have no way of their own", () => {
  expect(makerOf("PostgreSQL 16.4 on x86_64-pc-linux-gnu, compiled by gcc, 64-bit")).toBeNull();
  expect(makerOf("CockroachDB CCL v21.1.0")).toBeNull();
  expect(makerOf("CockroachDB CCL v25.2.9 (x86_64-pc-linux-gnu)")).toBeNull();
});

test("a server that does not say what it is, is not PostgreSQL", () => {
  expect(judgeServer(null)).toMatchObject({ name: "an unknown server" });
});
