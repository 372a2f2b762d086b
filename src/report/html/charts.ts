/** Charts as inline SVG. Their words are HTML around them, so that they can be read at every width and by a screen reader. */
import { html, NOTHING } from "./markup.ts";
import type { Html } from "./markup.ts";

/** A value that holds until this place on the axis, from where the one before ends. */
export interface ChartStep {
  readonly at: number;
  readonly value: number;
  /** It is of a load that failed. */
  readonly isBad?: boolean;
}

/** What a chart says in words. */
export interface ChartText {
  readonly title: string;
  /** The largest value, with its unit. */
  readonly most: string;
  /** The ends of the axis. */
  readonly from: string;
  readonly to: string;
}

/** The units that the drawings are made in; they are stretched to the width there is. */
const WIDTH = 1000;
const HEIGHT = 100;

/** The surface below values that hold for a while, from `from` on. */
export function stepChart(steps: readonly ChartStep[], from: number, text: ChartText): Html {
  const to = steps.at(-1)?.at ?? from;
  const most = largest(steps);
  if (steps.length === 0 || most <= 0 || to <= from) return NOTHING;
  const points: string[] = [];
  let x = 0;
  for (const { at, value } of steps) {
    const y = round(HEIGHT - (value / most) * (HEIGHT - 6));
    const next = round(((at - from) / (to - from)) * WIDTH);
    points.push(`${x} ${y}`, `${next} ${y}`);
    x = next;
  }
  const line: Html = { html: points.join("L") };
  return figure(
    text,
    html`<path class="area" d="M0 ${HEIGHT}L${line}L${x} ${HEIGHT}Z" /><path
        class="stroke"
        d="M${line}"
      />`,
  );
}

/** A bar for each value. `isBad`: of what nobody wants, and lower. */
export function barChart(steps: readonly ChartStep[], text: ChartText, isBad: boolean): Html {
  const most = largest(steps);
  if (most <= 0) return NOTHING;
  const width = WIDTH / steps.length;
  const gap = Math.min(4, width / 5);
  const bars = steps.map(({ value, isBad: failed = false }, index) => {
    if (value <= 0) return NOTHING;
    const high = Math.max(2, round((value / most) * (HEIGHT - 6)));
    return html`<rect
      class="${isBad || failed ? "badbar" : "bar"}"
      x="${round(index * width + gap / 2)}"
      y="${round(HEIGHT - high)}"
      width="${round(Math.max(width - gap, 0.5))}"
      height="${high}"
    />`;
  });
  return figure(text, bars, isBad ? "low" : "");
}

/** A share of a whole, as a bar in a cell that says it in numbers as well. */
export function shareBar(share: number): Html {
  const width = round(Math.min(1, Math.max(0, share)) * WIDTH);
  return html`<svg viewBox="0 0 ${WIDTH} 10" preserveAspectRatio="none" aria-hidden="true">
    <rect class="track" width="${WIDTH}" height="10" />
    <rect class="bar" width="${width}" height="10" />
  </svg>`;
}

function figure(
  { title, most, from, to }: ChartText,
  drawing: Html | readonly Html[],
  size = "",
): Html {
  const label = `${title}: at most ${most}, from ${from} to ${to}`;
  return html`<figure class="chart">
    <figcaption><strong>${title}</strong><span class="soft">at most ${most}</span></figcaption>
    <svg
      class="${size}"
      viewBox="0 0 ${WIDTH} ${HEIGHT}"
      preserveAspectRatio="none"
      role="img"
      aria-label="${label}"
    >
      ${drawing}
    </svg>
    <div class="axis"><span>${from}</span><span>${to}</span></div>
  </figure>`;
}

function largest(steps: readonly ChartStep[]): number {
  return steps.reduce((most, { value }) => Math.max(most, value), 0);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
