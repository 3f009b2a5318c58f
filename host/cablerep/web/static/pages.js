// The pages beside the live view: history, one set, comparison, progress, devices.
import { html, useEffect, useRef, useState } from "./vendor/preact-htm.js";
import { RepTable } from "./live.js";
import { get, post } from "./server.js";
import { clock, label, locale, number, t } from "./texts.js";

// Load `path`, then show it with `draw`; again after `reload` changes.
function Loaded({ path, draw, reload = 0 }) {
  const [found, setFound] = useState(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    get(path).then((value) => { setFound(value); setProblem(""); }, (error) => setProblem(error.message));
  }, [path, reload]);
  if (problem) return html`<p role="alert">! ${problem}</p>`;
  return found === null ? html`<p>…</p>` : draw(found);
}

function day(at) {
  return new Date(at).toLocaleDateString(locale);
}

function weight(newtons, unit) {
  return newtons === null || newtons < 0 ? "–" : `${number(newtons / unit.newtons, unit.digits)} ${unit.symbol}`;
}

function flags(counts) {
  return Object.entries(counts).map(([name, count]) => `${count} × ${label("flag", name)}`).join(", ");
}

export function History({ me }) {
  return html`<h1>${t("history")}</h1><${Loaded} path="/history" draw=${(sets) => sets.length ? html`<table>
    <thead><tr><th scope="col">${t("day")}</th><th scope="col">${t("set")}</th><th scope="col">${t("exercise")}</th><th scope="col">${t("reps")}</th>
      <th scope="col">${label("figure", "load_n")}</th><th scope="col">${t("form")}</th></tr></thead>
    <tbody>${sets.map((one) => html`<tr key=${one.id}><td>${day(one.at)}</td><th scope="row"><a href=${`#/set/${one.id}`}>${one.id}</a></th>
      <td>${one.exercise || t("free_exercise")}${one.side ? `, ${label("side", one.side)}` : ""}</td><td>${one.full}${one.partials ? ` + ${one.partials}` : ""}</td>
      <td>${weight(one.load_n, me.unit)}</td><td>${flags(one.flags)}</td></tr>`)}</tbody></table>` : html`<p>${t("no_history")}</p>`} />`;
}

export function OneSet({ rest, me }) {
  const [reload, setReload] = useState(0);
  const [problem, setProblem] = useState("");
  const act = (action, fields) => post("/do", { action, id: rest, ...fields })
    .then(() => { setProblem(""); setReload((count) => count + 1); }, (error) => setProblem(error.message));
  return html`${problem && html`<p role="alert">! ${problem}</p>`}<${Loaded} path=${`/set/${rest}`} reload=${reload} draw=${(one) => html`
    <h1>${one.exercise || t("free_exercise")}${one.side ? `, ${label("side", one.side)}` : ""}</h1>
    <p>${day(one.at)} · ${t("count", { count: one.full })} · ${weight(one.load_n, me.unit)} · ${t("tension", { time: clock(one.tension_s) })}
      · <a href=${`/report/${one.id}`} target="_blank" rel="noopener">${t("report")}</a></p>
    ${one.deleted && html`<p>! ${t("is_deleted")}</p>`}
    ${me.role === "control" && html`<p class="row"><button type="button" onClick=${() => act("edit", { field: "deleted", value: !one.deleted })}>${t(one.deleted ? "edit_restore" : "edit_delete")}</button>
      <button type="button" onClick=${() => act("undo", {})}>${t("key_undo")}</button></p>`}
    ${one.notes.map((note) => html`<p key=${note.at}>${note.text}</p>`)}
    <${RepTable} reps=${one.rep_list} unit=${me.unit} title=${t("reps")} all=${true} />
    ${chartOf(one, "travel_mm", t("travel"), "mm", 1)}
    ${chartOf(one, "force_n", t("force"), me.unit.symbol, me.unit.newtons)}`} />`;
}

// The curves of all reps above one another, from the start of each.
function chartOf(one, name, title, symbol, scale) {
  const curves = one.curves.filter((curve) => curve && curve[name]);
  if (!curves.length) return null;
  const longest = Math.max(...curves.map((curve) => curve[name].length));
  const seconds = Array.from({ length: longest }, (_, index) => index / curves[0].rate_hz);
  const lines = curves.map((curve) => seconds.map((_, index) => (index < curve[name].length ? curve[name][index] / scale : null)));
  return html`<${Chart} title=${`${title}, ${symbol}`} across="s" data=${[seconds, ...lines]} names=${lines.map((_, index) => `${index + 1}`)} time=${false} />`;
}

export function Compare({ me }) {
  return html`<h1>${t("compare")}</h1><${Loaded} path="/compare" draw=${(found) => found.length ? found.map((one) => html`<table key=${`${one.kind} ${one.exercise} ${one.side}`}>
    <caption>${one.exercise}${one.side ? `, ${label("side", one.side)}` : ""}</caption>
    <thead><tr><td></td><th scope="col">${one.kind === "sides" ? label("side", "left") : day(one.one.day)}</th>
      <th scope="col">${one.kind === "sides" ? label("side", "right") : day(one.other.day)}</th><th scope="col">%</th></tr></thead>
    <tbody>${one.figures.map((figure) => html`<tr key=${figure.key}><th scope="row">${label("figure", figure.key)} ${figure.unit}</th>
      ${[figure.one, figure.other].map((group) => html`<td>${group === null ? "–" : number(group.median ?? group.mean ?? 0, figure.digits)}</td>`)}
      <td>${figure.percent === null ? "–" : number(figure.percent, 0)}</td></tr>`)}</tbody></table>`) : html`<p>${t("nothing_to_compare")}</p>`} />`;
}

export function Progress({ me }) {
  const value = (newtons) => (newtons === null ? null : newtons / me.unit.newtons);
  return html`<h1>${t("progress")}</h1><${Loaded} path="/progress" draw=${(found) => found.length ? found.map((one) => html`
    <section key=${`${one.exercise} ${one.side}`}><h2>${one.exercise || t("free_exercise")}${one.side ? `, ${label("side", one.side)}` : ""}</h2>
    <${Chart} title=${`${label("figure", "load_n")}, ${me.unit.symbol}`} time=${true} names=${[label("figure", "load_n")]}
      data=${[one.days.map((each) => Date.parse(each.day) / 1000), one.days.map((each) => value(each.load_n))]} />
    <p>${one.best ? t("best", { weight: weight(one.best.load_n, me.unit), day: day(one.best.day) }) : ""}</p></section>`) : html`<p>${t("no_history")}</p>`} />`;
}

// A chart by uPlot, which is loaded with the first one.
let plotting = null;
function loadPlot() {
  plotting ??= new Promise((done, failed) => {
    const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: "/static/vendor/uplot.css" });
    const script = Object.assign(document.createElement("script"), { src: "/static/vendor/uplot.js", onload: () => done(window.uPlot), onerror: failed });
    document.head.append(style, script);
  });
  return plotting;
}

function Chart({ title, data, names, time }) {
  const place = useRef();
  useEffect(() => {
    let chart = null;
    let gone = false;
    const resized = () => chart && chart.setSize({ width: place.current.clientWidth, height: 260 });
    loadPlot().then((UPlot) => {
      if (gone) return;
      const style = getComputedStyle(document.documentElement);
      const ink = style.getPropertyValue("--ink");
      const axis = { stroke: ink, grid: { stroke: style.getPropertyValue("--line") }, ticks: { stroke: style.getPropertyValue("--line") } };
      chart = new UPlot({
        width: place.current.clientWidth, height: 260, legend: { show: false }, scales: { x: { time } }, axes: [axis, axis],
        series: [{}, ...names.map((name, index) => ({ label: name, stroke: style.getPropertyValue(index === names.length - 1 ? "--strong" : "--faint"), width: 2, points: { show: data[0].length < 40 } }))],
      }, data, place.current);
      addEventListener("resize", resized);
    });
    return () => { gone = true; removeEventListener("resize", resized); chart?.destroy(); };
  }, [data]);
  return html`<figure class="chart"><figcaption>${title}</figcaption><div ref=${place} role="img" aria-label=${title}></div></figure>`;
}

export function Devices({ me }) {
  const [reload, setReload] = useState(0);
  const [invited, setInvited] = useState(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    const timer = setInterval(() => setReload((count) => count + 1), 2000);
    return () => clearInterval(timer);
  }, []);
  const act = async (action, fields) => {
    try {
      const found = await post("/do", { action, ...fields });
      if (action === "invite") setInvited(found);
      setProblem("");
    } catch (error) {
      setProblem(error.message);
    }
    setReload((count) => count + 1);
  };
  return html`<h1>${t("devices")}</h1>
    ${problem && html`<p role="alert">! ${problem}</p>`}
    <${Loaded} path="/devices" reload=${reload} draw=${(found) => html`<table><thead><tr><th scope="col">${t("device")}</th><th scope="col">${t("may")}</th><td></td></tr></thead>
      <tbody>${found.map((one) => html`<tr key=${one.id}><th scope="row">${one.name}${one.id === me.id ? ` (${t("this_one")})` : ""}<br /><small>${one.address}</small></th>
        <td>${t(`role_${one.role}`)}${one.approved ? "" : `: ${t("waits", { check: one.check })}`}</td>
        <td>${!one.approved && html`<button type="button" onClick=${() => act("approve", { id: one.id })}>${t("approve")}</button>`}
          <button type="button" onClick=${() => act("revoke", { id: one.id })}>${t("revoke")}</button></td></tr>`)}</tbody></table>`} />
    <p class="row"><button type="button" onClick=${() => act("invite", { role: "control" })}>${t("invite_control")}</button>
      <button type="button" onClick=${() => act("invite", { role: "watch" })}>${t("invite_watch")}</button></p>
    ${invited && html`<p>${t("invited")}</p><p class="check">${invited.code}</p><p>${invited.url}</p><${Qr} rows=${invited.qr} />`}`;
}

function Qr({ rows }) {
  const path = rows.flatMap((row, y) => [...row].map((bit, x) => (bit === "1" ? `M${x + 2} ${y + 2}h1v1h-1z` : ""))).join("");
  const size = rows.length + 4;
  return html`<svg class="qr" viewBox=${`0 0 ${size} ${size}`} role="img" aria-label=${t("qr")}><rect width=${size} height=${size} fill="#fff" /><path d=${path} fill="#000" /></svg>`;
}
