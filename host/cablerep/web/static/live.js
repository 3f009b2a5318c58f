// The live view of one board. It draws what the server derived, and asks for what the keys say.
import { html, useEffect, useRef, useState } from "./vendor/preact-htm.js";
import { keepAwake, missing, nextSound, play, soundMode } from "./cues.js";
import { ChoiceDialog, Dialog, TextDialog } from "./dialogs.js";
import { Count, Curve, FloorPlan, Ring, SpeedBand, TempoGuide } from "./drawings.js";
import { Live, get, post } from "./server.js";
import { clock, label, locale, number, t } from "./texts.js";

const SAID_MS = 4000; // how long the reply to a key is shown
const LISTED = 8; // reps in the table
let shown = 0; // dialogs so far

// A board has an address of its own, `#/live/1`, so that a tablet on the wall comes back to it.
export function LiveScreen({ me, board, again }) {
  const [view, setView] = useState(null);
  const [link, setLink] = useState("away");
  const [dialog, setDialog] = useState(null);
  const [said, setSaid] = useState("");
  const [sound, setSound] = useState(soundMode());
  const heard = useRef(null);
  useEffect(() => {
    let frame = 0;
    let newest = null;
    const live = new Live(board, (fresh) => {
      newest = fresh;
      if (document.visibilityState === "hidden") setView(fresh);
      else if (!frame) frame = requestAnimationFrame(() => { frame = 0; setView(newest); });
    }, (state) => { setLink(state); if (state === "out") again(); });
    return () => { cancelAnimationFrame(frame); live.close(); };
  }, [board]);
  useEffect(() => {
    keepAwake();
    document.addEventListener("visibilitychange", keepAwake);
    return () => document.removeEventListener("visibilitychange", keepAwake);
  }, []);
  useEffect(() => { if (view) follow(view, heard); }, [view]);

  const tell = (text) => {
    setSaid(text);
    setTimeout(() => setSaid((now) => (now === text ? "" : now)), SAID_MS);
  };
  const act = async (action, fields = {}) => {
    try {
      const { done } = await post("/do", { action, board, ...fields });
      if (!done) tell(t("no_board"));
    } catch (error) {
      tell(`! ${error.message}`);
    }
  };
  const keys = keysOf({ view, act, setDialog, me, toggleSound: () => { nextSound(); setSound(soundMode()); } });
  useEffect(() => {
    const pressed = (event) => {
      if (event.target.closest("input, dialog") || event.ctrlKey || event.metaKey || event.altKey) return;
      const key = keys.find((one) => one.key === event.key);
      if (key) { event.preventDefault(); key.press(); }
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  });
  if (!view) return html`<main class="plain"><h1>cablerep</h1><p>${link === "away" ? t("connecting") : "…"}</p></main>`;
  return html`<${Screen} view=${view} link=${link} me=${me} board=${board} keys=${keys} sound=${sound}
    said=${said || view.message || view.range_hint || view.announced} />${dialog && dialog(() => setDialog(null))}`;
}

// Colour of the page, cues and what a screen reader hears, from one state to the next.
function follow(view, heard) {
  document.documentElement.dataset.colour = view.moment[2];
  const before = heard.current;
  const reps = view.reps.length;
  heard.current = { said: view.said[0], reps, set: view.set, over: Boolean(view.over) };
  if (!before) return;
  if (view.said[0] > before.said) play(view.said[1]);
  const spoken = document.getElementById("spoken");
  if (reps > before.reps || (reps && view.set !== before.set)) {
    const rep = view.reps[reps - 1];
    spoken.textContent = [repName(rep), rep.flags.length ? flagText(rep) : rep.kind === "full" ? t("good") : ""].filter(Boolean).join(": ");
  }
  if (view.over && !before.over) spoken.textContent = t("set_over", { count: view.count });
}

function repName(rep) {
  return rep.rep === null ? label("kind", rep.kind) : t("rep_number", { number: rep.rep });
}

function flagText(rep) {
  return rep.flags.map((flag) => label("flag", flag)).join(", ");
}

function weightText(newtons, unit) {
  return newtons === null || newtons < 0 ? "" : `${number(newtons / unit.newtons, unit.digits)} ${unit.symbol}`;
}

function Screen({ view, link, me, board, keys, sound, said }) {
  const [name, sign] = view.moment;
  const resting = view.rest_s !== null;
  const last = view.reps[view.reps.length - 1];
  const bad = last && last.flags.length > 0;
  const weight = [weightText(view.load_n, me.unit), view.plate].filter(Boolean).join(" · ");
  const seconds = (value) => number(value, value < 9.95 ? 1 : 0);
  const ring = resting
    ? { title: t("rest"), inside: view.rest_left_s > 0 ? clock(view.rest_left_s) : clock(view.rest_s), fraction: view.rest_target_s ? view.rest_s / view.rest_target_s : 0,
        figure: view.rest_target_s ? t("of", { target: clock(view.rest_target_s) }) : "", reached: view.rest_left_s !== null && view.rest_left_s <= 0 }
    : { title: label("phase", "hold"), inside: view.hold_s === null ? "–" : seconds(view.hold_s), reached: view.hold_target_s > 0 && view.hold_s >= view.hold_target_s,
        fraction: view.hold_target_s ? (view.hold_s || 0) / view.hold_target_s : 0, figure: view.hold_target_s ? t("of", { target: `${number(view.hold_target_s, 1)} s` }) : "" };
  const faults = view.faults.map((fault) => label("fault", fault)).join(", ");
  return html`
    <header>
      <strong>${view.exercise ? view.exercise.name : t("free_exercise")}</strong>
      ${view.lifter && html`<span>${view.lifter}</span>`}
      <span class="side">${view.side === "left" ? `◀ ${label("side", "left")}` : view.side === "right" ? `${label("side", "right")} ▶` : ""}</span>
      ${me.boards.length > 1 && html`<label class="boards">${t("board")} <select value=${board} onChange=${(event) => { location.hash = `#/live/${event.target.value}`; }}>
        ${me.boards.map((one) => html`<option key=${one.index} value=${one.index}>${one.port}</option>`)}</select></label>`}
      <span class="link">${link !== "open" ? `○ ${t("no_server")}` : `${view.link === "connected" ? "●" : "○"} ${label("link", view.link)}`}</span>
    </header>
    <main class=${link === "open" ? "live" : "live stale"}>
      <div class="counted"><${Count} count=${view.count} partials=${view.partials} />
        <p>${view.goal && view.goal.reps ? `${t("of", { target: view.goal.reps })} · ` : ""}${view.goal && view.goal.sets ? t("set_of", { number: view.goal.set, sets: view.goal.sets }) : resting ? t("last_set", { number: view.set }) : view.set ? t("set_number", { number: view.set }) : t("no_set")}${view.partials ? ` · ${t("partials", { partials: view.partials })}` : ""}</p></div>
      <div class="moment"><h1><span class="sign" aria-hidden="true">${sign}</span> ${label("moment", name)}</h1>
        <p class="cue">${view.stop_reached ? `! ${t("stop_loss", { percent: number(100 * view.velocity_loss) })}` : view.too_fast ? `! ${t("too_fast_slower")}` : view.hold_reached ? `✓ ${t("hold_reached")}` : view.phase_s !== null ? `${seconds(view.phase_s)} s` : ""}</p></div>
      <${Ring} ...${ring} />
      <p class="weight">${weight || " "}</p>
      <p class=${bad ? "verdict bad" : "verdict"}>${said || (last && !view.over ? `${repName(last)}: ${bad ? view.advice.join(" ") : last.kind === "full" ? view.judged ? `✓ ${t("good")}` : t("held", { seconds: number(last.hold_s, 1) }) : label("kind", last.kind)}` : summary(view))}</p>
      <div class="pace"><${TempoGuide} track=${view.track} phase=${view.phase} guide=${view.guide} lifter=${view.done} />
        <${SpeedBand} speed=${view.speed_m_s} band=${view.band_m_s} last=${last ? last.eccentric_mean_m_s : null} tooFast=${view.too_fast} /></div>
      <div class="keys" role="group" aria-label=${t("keys")}>${keys.map((key) => html`<button key=${key.name} type="button" onClick=${key.press}
        aria-keyshortcuts=${key.key}>${key.name === "sound" ? t(`sound_${sound}`) : t(`key_${key.name}`)}</button>`)}
        ${me.role !== "control" && html`<p>${t("watch_only")}</p>`}</div>
      <section class="details">
        <${Curve} curve=${view.curve} before=${view.curve_before} unit=${me.unit} />
        <${FloorPlan} reps=${view.reps} />
        <${RepTable} reps=${view.reps} unit=${me.unit} title=${t("last_reps")} />
        ${view.last_time && html`<${RepTable} reps=${view.last_time.reps} unit=${me.unit} all=${true}
          title=${[t("last_time", { day: view.last_time.day }), weightText(view.last_time.load_n, me.unit), view.last_time.record].filter(Boolean).join(" · ")} />`}
      </section>
      ${(faults || Object.keys(view.losses).length > 0) && html`<p class="health">! ${faults || lossText(view.losses)}</p>`}
    </main>`;
}

function summary(view) {
  if (!view.over) return view.exercise && view.exercise.cues.length ? view.exercise.cues[view.set % view.exercise.cues.length] : "";
  const flags = {};
  for (const rep of view.reps) for (const flag of rep.flags) flags[flag] = (flags[flag] || 0) + 1;
  const named = Object.entries(flags).map(([flag, times]) => `${times} × ${label("flag", flag)}`).join(", ");
  const counted = view.partials ? t("count_partials", { count: view.count, partials: view.partials }) : t("count", { count: view.count });
  return named ? `! ${counted}; ${named}` : `✓ ${counted}`;
}

function lossText(losses) {
  return Object.entries(losses).map(([name, count]) => `${count} × ${label("loss", name)}`).join(", ");
}

export function RepTable({ reps, unit, title, all = false }) {
  if (!reps.length) return null;
  const shown = all ? reps : reps.slice(-LISTED).reverse();
  return html`<table class="reps"><caption>${title}</caption>
    <thead><tr><th scope="col">${t("rep")}</th><th scope="col">${label("figure", "concentric_s")} s</th><th scope="col">${label("figure", "hold_s")} s</th>
      <th scope="col">${label("figure", "eccentric_s")} s</th><th scope="col">mm</th><th scope="col">${unit.symbol}</th><th scope="col">${t("form")}</th></tr></thead>
    <tbody>${shown.map((rep) => html`<tr key=${rep.start_s}><th scope="row">${rep.rep ?? "–"}</th><td>${number(rep.concentric_s, 2)}</td><td>${number(rep.hold_s, 2)}</td>
      <td>${number(rep.eccentric_s, 2)}</td><td>${number(rep.rom_mm)}</td><td>${rep.force_mean_n === null || rep.force_mean_n < 0 ? "–" : number(rep.force_mean_n / unit.newtons, unit.digits)}</td>
      <td>${rep.flags.length || rep.kind !== "full" ? `! ${[rep.kind === "full" ? "" : label("kind", rep.kind), flagText(rep)].filter(Boolean).join(", ")}` : "✓"}</td></tr>`)}</tbody>
  </table>`;
}

// The keys: the letters of the terminal's screen, for those who have a keyboard.
function keysOf({ view, act, setDialog, me, toggleSound }) {
  const show = (Kind, props) => {
    const key = ++shown; // a dialog of the same kind is another element, which opens itself
    setDialog(() => (close) => html`<${Kind} key=${key} ...${props} close=${close} />`);
  };
  const always = [
    { name: "sound", key: "b", press: toggleSound },
    { name: "pages", key: "h", press: () => show(MoreDialog, { me }) },
  ];
  if (me.role !== "control" || !view) return always;
  const chooseExercise = async () => {
    const before = shown;
    const found = await get("/exercises");
    if (shown !== before) return; // never below the fingers of someone who types in a dialog opened since
    show(ChoiceDialog, {
      title: t("key_exercise"), choices: found.map((one) => ({ value: one.number, text: one.name, detail: one.tempo })),
      choose: (number) => act("exercise", { number }),
    });
  };
  const ofSet = { session: view.session, set: view.set };
  const people = [...view.lifters, [0, ""]];
  const nameOf = (name) => name || t("nobody");
  const chooseLifter = () => show(ChoiceDialog, {
    title: t("key_lifter"), choices: [{ value: -1, text: t("next_lifter") }, ...people.map(([value, name]) => ({ value, text: nameOf(name) }))],
    choose: (number) => (number < 0 ? act("next_lifter") : act("lifter", { number, name: people.find(([one]) => one === number)[1] })),
  });
  const weigh = () => show(TextDialog, {
    title: t("key_weight"), hint: t("weight_hint", { symbol: me.unit.symbol }), max: 20, send: (text) => act("weight", { text }),
  });
  const edit = (field, value) => act("edit", { ...ofSet, field, value });
  const ask = (field) => show(TextDialog, { title: t(`edit_${field}`), hint: t(`${field}_hint`, { symbol: me.unit.symbol }), max: 20, send: (value) => edit(field, value) });
  const correct = () => show(ChoiceDialog, {
    title: t("key_correct"),
    choices: [
      ...["left", "right"].map((side) => ({ value: () => edit("side", side), text: t("edit_side", { side: label("side", side) }) })),
      ...people.map(([number, name]) => ({ value: () => edit("lifter", number), text: t("edit_lifter", { name: nameOf(name) }) })),
      { value: () => ask("weight"), text: `${t("edit_weight")} …` }, { value: () => ask("rpe"), text: `${t("edit_rpe")} …` },
      { value: () => edit("deleted", true), text: t("edit_delete") }, { value: () => edit("deleted", false), text: t("edit_restore") },
    ],
    choose: (run) => run(),
  });
  const note = () => show(TextDialog, {
    title: t("key_note"), hint: t("note_hint"), send: (text) => act("note", { session: view.session, set: view.set, text }),
  });
  return [
    { name: "side", key: "s", press: () => act("side") },
    { name: "exercise", key: "p", press: chooseExercise },
    { name: "end_set", key: "e", press: () => act("end_set") },
    { name: "note", key: "n", press: note },
    { name: "lifter", key: "l", press: chooseLifter },
    { name: "weight", key: "w", press: weigh },
    { name: "correct", key: "x", press: correct },
    { name: "undo", key: "z", press: () => act("undo", ofSet) },
    { name: "tare", key: "t", press: () => act("tare") },
    ...always,
  ];
}

function MoreDialog({ me, close }) {
  return html`<${Dialog} title=${t("pages")} close=${close}>
    <ul class="choices">
      <li><a href="#/history">${t("history")}</a></li><li><a href="#/compare">${t("compare")}</a></li><li><a href="#/progress">${t("progress")}</a></li>
      ${me.role === "control" && html`<li><a href="#/devices">${t("devices")}</a></li>`}
    </ul>
    ${missing().map((sentence) => html`<p key=${sentence}>${sentence}</p>`)}
    <button type="button" onClick=${close}>${t("close")}</button>
  </${Dialog}>`;
}
