/**
 * Loaded before the built program with `node --import`: makes a fault happen at the moment that `UPSURGE_FAULT` names, as
 * `point:n:action`; `n` counts the times that the moment is passed. `kill` is kill -9, `interrupt` Ctrl-C, `throw` an error out of nowhere, `cut`
 * resets every connection, `wait` waits for so long as the file `UPSURGE_FAULT_GATE` is there.
 */
import { existsSync, writeFileSync } from "node:fs";
import { Socket } from "node:net";

const [wanted = "", nth = "1", action = ""] = (process.env.UPSURGE_FAULT ?? "").split(":");
const gate = process.env.UPSURGE_FAULT_GATE ?? "";
const sockets = new Set();
const connect = Reflect.get(Socket.prototype, "connect");
Socket.prototype.connect = function connectAndRemember(...args) {
  sockets.add(this);
  return Reflect.apply(connect, this, args);
};

const ACTIONS = {
  kill: () => process.kill(process.pid, "SIGKILL"),
  interrupt: () => process.kill(process.pid, "SIGINT"),
  throw: () => {
    throw new Error(`planted at ${wanted}`);
  },
  cut: () => {
    for (const socket of sockets) socket.resetAndDestroy();
  },
  wait: () => {
    writeFileSync(`${gate}.reached`, "");
    const cell = new Int32Array(new SharedArrayBuffer(4));
    while (existsSync(gate)) Atomics.wait(cell, 0, 0, 10);
  },
};

let left = Number(nth);
globalThis[Symbol.for("upsurge.failPoint")] = (point) => {
  if (point !== wanted) return;
  left -= 1;
  if (left === 0) ACTIONS[action]?.();
};
