/**
 * A headless Chromium that tests drive by its DevTools protocol, over a pipe: messages of JSON, each ended by a NUL. What is
 * looked at in a page is `page.ts`.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Readable, Writable } from "node:stream";

/** What a message of the protocol carries. */
export type Fields = Readonly<Record<string, unknown>>;

interface Waiting {
  readonly resolve: (result: Fields) => void;
  readonly reject: (error: Error) => void;
}

type Listener = (method: string, params: Fields) => void;

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/** The program of a Chromium; `null`: this machine has none. `UPSURGE_TEST_CHROMIUM` names another, `none` none. */
export function findChromium(): string | null {
  const named = process.env["UPSURGE_TEST_CHROMIUM"];
  if (named !== undefined) return named === "none" ? null : named;
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const paths = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return paths.find(isProgram) ?? null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A running browser with a profile of its own. */
export class Chromium {
  readonly #process: ChildProcess;
  readonly #toBrowser: Writable;
  readonly #profile: string;
  readonly #ended: Promise<void>;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Map<string, Listener>();
  #rest = "";
  #sent = 0;

  constructor(program: string) {
    this.#profile = mkdtempSync(join(tmpdir(), "upsurge-chromium-"));
    this.#process = spawn(program, [...FLAGS, `--user-data-dir=${this.#profile}`, "about:blank"], {
      stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
    });
    const [, , , toBrowser, fromBrowser] = this.#process.stdio;
    this.#toBrowser = toBrowser as Writable;
    // A browser that ends leaves unread what was sent to it; then its end is what is told.
    this.#toBrowser.on("error", () => {});
    (fromBrowser as Readable).setEncoding("utf8").on("data", (text: string) => this.#read(text));
    this.#ended = new Promise((resolve) => {
      const end = (): void => {
        for (const { reject } of this.#waiting.values()) reject(new Error("the browser ended"));
        resolve();
      };
      this.#process.on("close", end).on("error", end);
    });
  }

  /** The result of a command, to the browser or to the page of a session. */
  async send(method: string, params: Fields = {}, sessionId?: string): Promise<Fields> {
    this.#sent += 1;
    const id = this.#sent;
    const answer = new Promise<Fields>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
    });
    this.#toBrowser.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return await answer;
  }

  /** Hands over what a session's page tells. */
  listen(sessionId: string, listener: Listener): void {
    this.#listeners.set(sessionId, listener);
  }

  /** Ends the browser, and waits until it is gone. */
  async close(): Promise<void> {
    await this.send("Browser.close").catch(() => {});
    this.#toBrowser.end();
    await this.#ended;
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  #read(text: string): void {
    const messages = (this.#rest + text).split("\0");
    this.#rest = messages.pop() ?? "";
    for (const message of messages) this.#take(JSON.parse(message) as Message);
  }

  #take({ id, method, params = {}, result = {}, error, sessionId = "" }: Message): void {
    if (id === undefined) {
      this.#listeners.get(sessionId)?.(method ?? "", params);
      return;
    }
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(new Error(error.message));
  }
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Fields;
  readonly result?: Fields;
  readonly error?: { readonly message: string };
  readonly sessionId?: string;
}

/** Nothing of its own goes out; the pages are the tests' own, so that the sandbox, which not every machine allows, is not needed. */
const FLAGS = [
  "--headless",
  "--remote-debugging-pipe",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-default-apps",
  "--disable-extensions",
  "--disable-sync",
  "--hide-scrollbars",
  "--no-first-run",
  "--no-default-browser-check",
];
