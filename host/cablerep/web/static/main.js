// The page: who this browser is, then the live view or the page that the address names.
import { html, render, useEffect, useState } from "./vendor/preact-htm.js";
import { LiveScreen } from "./live.js";
import { PairScreen } from "./pairing.js";
import { Refused, get } from "./server.js";
import { loadTexts, t } from "./texts.js";

const PAGES = { history: "History", set: "OneSet", compare: "Compare", progress: "Progress", devices: "Devices" };
const RETRY_MS = 2000;
let lastBoard = 0; // that was looked at, for the way back

function address() {
  const [name, rest] = location.hash.slice(1).split("/").filter(Boolean);
  return { name: name || "live", rest: /^[\w-]+$/.test(rest || "") ? rest : "-" }; // a set's id; it goes into a path
}

function App() {
  const [me, setMe] = useState(null);
  const [problem, setProblem] = useState("");
  const [where, setWhere] = useState(address());
  const ask = async () => {
    try {
      const found = await get("/me");
      if (!me) await loadTexts(found.languages);
      setMe(found);
      setProblem("");
    } catch (error) {
      setProblem(error instanceof Refused ? error.message : t("no_server"));
      setTimeout(ask, RETRY_MS);
    }
  };
  useEffect(() => {
    ask();
    const moved = () => setWhere(address());
    addEventListener("hashchange", moved);
    return () => removeEventListener("hashchange", moved);
  }, []);
  if (!me) return html`<main class="plain"><h1>cablerep</h1><p>${problem || "…"}</p></main>`;
  if (!me.role) return html`<${PairScreen} me=${me} again=${ask} />`;
  if (PAGES[where.name]) return html`<${Page} name=${PAGES[where.name]} rest=${where.rest} me=${me} />`;
  const board = where.name === "live" && Number(where.rest) < me.boards.length ? Number(where.rest) : 0;
  lastBoard = board;
  return html`<${LiveScreen} key=${board} board=${board} me=${me} again=${ask} />`;
}

// The other pages are loaded when they are first opened.
function Page({ name, rest, me }) {
  const [found, setFound] = useState(null);
  useEffect(() => {
    document.documentElement.dataset.colour = "foreground";
    import("./pages.js").then((module) => setFound(() => module[name]));
  }, [name]);
  return html`<nav aria-label=${t("pages")}><a href=${`#/live/${lastBoard}`}>← ${t("live")}</a> <a href="#/history">${t("history")}</a>
    <a href="#/compare">${t("compare")}</a> <a href="#/progress">${t("progress")}</a>
    ${me.role === "control" && html`<a href="#/devices">${t("devices")}</a>`}</nav>
    <main class="plain">${found && html`<${found} key=${rest} rest=${rest} me=${me} />`}</main>`;
}

render(html`<${App} />`, document.getElementById("app"));
if ("serviceWorker" in navigator && isSecureContext) navigator.serviceWorker.register("/sw.js");
