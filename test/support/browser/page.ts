/** A page in a headless browser: opened from a file without a network, looked at at a width, in a colour scheme or on paper. */
import { pathToFileURL } from "node:url";
import type { Chromium, Fields } from "./chromium.ts";

/** How a page is looked at. */
export interface View {
  /** In CSS pixels. */
  readonly width?: number;
  readonly scheme?: "light" | "dark";
  readonly media?: "screen" | "print";
  /** False: as a browser that runs no scripts. */
  readonly scripts?: boolean;
}

/** Tall enough for a first look; what is measured does not depend on it. */
const HEIGHT = 900;

/** An open page. */
export class Page {
  readonly #browser: Chromium;
  readonly #session: string;
  /** Addresses that the page has asked for. */
  readonly requests: string[] = [];
  /** What the browser had to say about it: errors, warnings, what its policy has refused. */
  readonly told: string[] = [];
  #loaded: () => void = () => {};

  private constructor(browser: Chromium, session: string) {
    this.#browser = browser;
    this.#session = session;
  }

  /** A page on which nothing is yet. */
  static async open(browser: Chromium): Promise<Page> {
    const { targetId } = await browser.send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await browser.send("Target.attachToTarget", { targetId, flatten: true });
    const page = new Page(browser, String(sessionId));
    browser.listen(page.#session, (method, params) => page.#hear(method, params));
    for (const domain of ["Page", "Network", "Log", "Runtime"])
      await page.#send(`${domain}.enable`);
    await page.#send("Network.emulateNetworkConditions", OFFLINE);
    return page;
  }

  /** Opens a file, as it is seen so. */
  async show(path: string, view: View = {}): Promise<void> {
    const { width = 1280, scheme = "light", media = "screen", scripts = true } = view;
    this.requests.length = 0;
    this.told.length = 0;
    await this.#send("Emulation.setDeviceMetricsOverride", sizeOf(width));
    await this.#send("Emulation.setEmulatedMedia", {
      media,
      features: [{ name: "prefers-color-scheme", value: scheme }],
    });
    await this.#send("Emulation.setScriptExecutionDisabled", { value: !scripts });
    const loaded = new Promise<void>((resolve) => {
      this.#loaded = resolve;
    });
    const { errorText } = await this.#send("Page.navigate", { url: pathToFileURL(path).href });
    if (errorText !== undefined) throw new Error(`${path}: ${JSON.stringify(errorText)}`);
    await loaded;
  }

  /** What an expression comes to in the page, as JSON. */
  async evaluate(expression: string): Promise<unknown> {
    const { result, exceptionDetails } = await this.#send("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
    return (result as Fields)["value"];
  }

  /** The roles that a screen reader finds on the page. */
  async roles(): Promise<readonly unknown[]> {
    const { nodes } = await this.#send("Accessibility.getFullAXTree");
    return (nodes as readonly Fields[]).map(({ role }) => (role as Fields)["value"]);
  }

  /** The whole page as PNG. */
  async screenshot(): Promise<Buffer> {
    const shot = { format: "png", captureBeyondViewport: true };
    return bytesOf(await this.#send("Page.captureScreenshot", shot));
  }

  /** The page as it is printed, as PDF. */
  async pdf(): Promise<Buffer> {
    return bytesOf(
      await this.#send("Page.printToPDF", { printBackground: false, preferCSSPageSize: true }),
    );
  }

  async #send(method: string, params: Fields = {}): Promise<Fields> {
    return await this.#browser.send(method, params, this.#session);
  }

  #hear(method: string, params: Fields): void {
    if (method === "Page.loadEventFired") this.#loaded();
    if (method === "Network.requestWillBeSent") {
      this.requests.push(String((params["request"] as Fields)["url"]));
    }
    if (method === "Log.entryAdded") this.told.push(String((params["entry"] as Fields)["text"]));
    if (method === "Runtime.exceptionThrown") this.told.push(JSON.stringify(params));
  }
}

const OFFLINE = { offline: true, latency: 0, downloadThroughput: -1, uploadThroughput: -1 };

function sizeOf(width: number): Fields {
  return { width, height: HEIGHT, deviceScaleFactor: 1, mobile: width < 600 };
}

function bytesOf({ data }: Fields): Buffer {
  return Buffer.from(String(data), "base64");
}
