// The live drawings: count, ring, tempo guide, speed band, curve of the rep, floor plan. All are SVG without inline style.
import { html } from "./vendor/preact-htm.js";
import { label, number, t } from "./texts.js";

const DIGIT = 58; // width of a digit of 100 units

// The count fills its box, whatever that is: digits may be stretched by half.
export function Count({ count, partials }) {
  const digits = String(Math.min(count, 999));
  const width = DIGIT * digits.length;
  const said = partials ? t("count_partials", { count, partials }) : t("count", { count });
  return html`<svg class=${`count digits${digits.length}`} viewBox=${`0 -2 ${width} 79`} preserveAspectRatio="none" role="img" aria-label=${said}>
    <text x=${width / 2} y="74" text-anchor="middle" font-size="100" textLength=${width - 4} lengthAdjust="spacingAndGlyphs">${digits}</text>
  </svg>`;
}

// Fills clockwise from the top. `fraction` above 1 is full.
export function Ring({ fraction, inside, title, figure, reached }) {
  const length = 2 * Math.PI * 42;
  const filled = Math.max(0, Math.min(1, fraction)) * length;
  return html`<figure class="ring">
    <svg viewBox="0 0 100 100" role="img" aria-label=${`${title} ${inside} ${figure}`}>
      <circle class="track" cx="50" cy="50" r="42" />
      <circle class="fill" cx="50" cy="50" r="42" transform="rotate(-90 50 50)" stroke-dasharray=${`${filled.toFixed(1)} ${length}`} />
      <text x="50" y="62" text-anchor="middle" font-size=${inside.length > 3 ? 26 : 36}>${inside}</text>
      ${reached && html`<text x="50" y="84" text-anchor="middle" font-size="18">✓</text>`}
    </svg>
    <figcaption>${title} ${figure}</figcaption>
  </figure>`;
}

export function TempoGuide({ track, phase, guide, lifter }) {
  return html`<svg class="guide" viewBox="0 0 1000 90" preserveAspectRatio="none" role="img" aria-label=${t("tempo")}>
    ${track.map(([name, seconds, begin, end]) => html`<g key=${name}>
      <rect class=${name === phase ? "section now" : "section"} x=${1000 * begin + 2} y="30" width=${1000 * (end - begin) - 4} height="34" />
    </g>`)}
    <rect class="lifter" x="0" y="70" width=${1000 * lifter} height="16" />
    ${guide !== null && html`<path class="marker" d=${`M${1000 * guide - 14} 0h28l-14 26z`} />`}
  </svg>
  <div class="guide-names">${track.map(([name, seconds, begin, end]) => html`<span key=${name} class=${name === phase ? "now" : ""} style=${{ width: `${100 * (end - begin)}%` }}>
    ${label("phase", name)}${seconds ? ` ${number(seconds, seconds % 1 ? 1 : 0)} s` : ""}</span>`)}</div>`;
}

// The speed of the eccentric against the band that the exercise asks for.
export function SpeedBand({ speed, band, last, tooFast }) {
  const end = band ? 1.4 * band[1] : 1;
  const at = (value) => 1000 * Math.min(1, Math.max(0, value) / end);
  const verdict = speed === null || !band ? "" : tooFast || speed > band[1] ? `! ${t("too_fast")}` : speed < band[0] ? t("slow") : `✓ ${t("good")}`;
  return html`<div class="band">
    <span>${label("phase", "eccentric")} ${speed === null ? last === null ? "" : `${number(last, 2)} m/s` : `${number(speed, 2)} m/s ${verdict}`}</span>
    <svg viewBox="0 0 1000 40" preserveAspectRatio="none" role="img" aria-label=${t("lowering_speed")}>
      <rect class="scale" x="0" y="14" width="1000" height="14" />
      ${band && html`<rect class="good" x=${at(band[0])} y="8" width=${at(band[1]) - at(band[0])} height="26" />`}
      ${speed !== null && html`<rect class="marker" x=${Math.min(988, at(speed))} y="0" width="12" height="40" />`}
    </svg>
  </div>`;
}

// The force of the rep over time, the rep before behind it; travel where there is no load cell. Points: [s, mm, N].
export function Curve({ curve, before, unit }) {
  const forces = [...curve, ...before].some((point) => point[2] !== null) || !curve.length;
  const value = forces ? (point) => (point[2] === null ? null : point[2] / unit.newtons) : (point) => point[1];
  const symbol = forces ? unit.symbol : "mm";
  const values = [...curve, ...before].map(value).filter((one) => one !== null);
  const step = { mm: 20, N: 20, kg: 2, lb: 5 }[symbol];
  const top = step * Math.ceil(Math.max(forces ? 50 / unit.newtons : 100, ...values) / step);
  const across = Math.max(4, ...[curve, before].map((one) => (one.length ? one[one.length - 1][0] : 0)));
  const path = (points) => points.map((point) => [point[0], value(point)]).filter((one) => one[1] !== null)
    .map(([x, y], index) => `${index ? "L" : "M"}${((1000 * x) / across).toFixed(0)} ${(300 - (300 * Math.max(0, y)) / top).toFixed(0)}`).join("");
  const now = curve.length ? value(curve[curve.length - 1]) : null;
  return html`<figure class="curve">
    <figcaption>${t(forces ? "force" : "travel")}${now === null ? "" : ` ${number(now, symbol === "mm" ? 0 : unit.digits)} ${symbol}`}</figcaption>
    <svg viewBox="0 0 1000 300" preserveAspectRatio="none" role="img" aria-label=${t(forces ? "force_of_rep" : "travel_of_rep")}>
      <path class="axis" d="M0 0V300H1000" />
      <path class="before" d=${path(before)} />
      <path class="now" d=${path(curve)} />
    </svg>
    <div class="scale-names"><span>0–${number(top)} ${symbol}</span><span>${number(across)} s</span></div>
  </figure>`;
}

// The kicks seen from above: the pulley below, straight back is up, the newest rep strong.
export function FloorPlan({ reps }) {
  const known = reps.filter((rep) => rep.chord_mm != null && rep.direction_deg != null).slice(-6);
  if (!known.length) return null;
  const longest = Math.max(300, ...known.map((rep) => rep.chord_mm));
  const newest = known[known.length - 1];
  const end = (rep) => {
    const angle = (rep.direction_deg * Math.PI) / 180;
    const length = (90 * rep.chord_mm) / longest;
    return [100 + length * Math.sin(angle), 100 - length * Math.cos(angle)];
  };
  const path = (rep) => {
    const [x, y] = end(rep);
    const bow = ((rep.bow_mm || 0) * 90) / longest;
    const angle = (rep.direction_deg * Math.PI) / 180;
    const [midX, midY] = [(100 + x) / 2 + 2 * bow * Math.cos(angle), (100 + y) / 2 + 2 * bow * Math.sin(angle)];
    return `M100 100Q${midX.toFixed(1)} ${midY.toFixed(1)} ${x.toFixed(1)} ${y.toFixed(1)}`;
  };
  const text = `${number(newest.direction_deg)}° · ${number(newest.chord_mm)} mm`;
  return html`<figure class="floor">
    <figcaption>${t("floor_plan")} ${text}</figcaption>
    <svg viewBox="0 0 200 110" role="img" aria-label=${`${t("floor_plan")} ${text}`}>
      <path class="axis" d="M100 100V8" />
      ${[30, 60].flatMap((degrees) => [-degrees, degrees]).map((degrees) => html`<path key=${degrees} class="ray"
        d=${`M100 100L${(100 + 90 * Math.sin((degrees * Math.PI) / 180)).toFixed(1)} ${(100 - 90 * Math.cos((degrees * Math.PI) / 180)).toFixed(1)}`} />`)}
      ${known.map((rep) => html`<path key=${rep.start_s} class=${rep === newest ? "kick newest" : "kick"} d=${path(rep)} />`)}
      <circle cx="100" cy="100" r="4" />
    </svg>
  </figure>`;
}
