/** A program: reads a source ahead in a thread that fails when it is to encode, and tells how many records were read. */
import { Readable } from "node:stream";
import { openSource } from "../../../src/sources/open-source.ts";
import { OTHERWISE } from "./inputs.ts";

const FAILS = {
  module: `data:text/javascript,export const encoderOf = () => () => { throw new Error("no"); };`,
  data: null,
};

let threads = 0;
process.on("worker", () => (threads += 1));

const line = "1,some text\n";
const stdin = Readable.from([Buffer.from(`id,name\n${line.repeat(1000)}`)]);
const blocks = { firstBytes: 1024, blockBytes: 1024, aheadFrom: 0, stdin };
const source = await openSource("-", { ...OTHERWISE, format: "csv" }, blocks);
let records = 0;
for await (const chunk of source.chunks()) {
  records += chunk.records.length;
  chunk.packed?.ahead?.encode(FAILS);
}
await source.close();
console.log(JSON.stringify({ records, threads }));
