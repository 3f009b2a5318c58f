// What a browser sees that was not let in: a place for its code, then the number to compare while it waits.
import { html, useEffect, useState } from "./vendor/preact-htm.js";
import { post } from "./server.js";
import { t } from "./texts.js";

const ASK_MS = 1000;

function browserName() {
  const systems = ["iPhone", "iPad", "Android", "Windows", "Macintosh", "CrOS", "Linux"];
  const browsers = ["Firefox", "Edg", "OPR", "Chrome", "Safari"];
  const find = (names) => names.find((name) => navigator.userAgent.includes(name)) || "";
  return [find(browsers).replace("Edg", "Edge").replace("OPR", "Opera"), find(systems)].filter(Boolean).join(", ");
}

export function PairScreen({ me, again }) {
  const [problem, setProblem] = useState("");
  const pair = async (code) => {
    try {
      await post("/pair", { code, name: browserName() });
      setProblem("");
    } catch (error) {
      setProblem(error.message);
    }
    again();
  };
  useEffect(() => {
    const code = /[#&]code=([\w-]+)/.exec(location.hash);
    if (code) {
      history.replaceState(null, "", "/"); // a code is used up, and no business of the history's
      pair(code[1]);
    }
  }, []);
  useEffect(() => {
    const timer = me.waiting && setInterval(again, ASK_MS);
    return () => clearInterval(timer);
  }, [me.waiting]);
  if (me.waiting) {
    return html`<main class="plain"><h1>cablerep</h1><p>${t("pair_wait")}</p><p class="check">${me.check}</p></main>`;
  }
  const submit = (event) => {
    event.preventDefault();
    pair(new FormData(event.target).get("code"));
  };
  return html`<main class="plain"><h1>cablerep</h1>
    <p>${t("pair_how")}</p>
    <form onSubmit=${submit}>
      <label>${t("pair_code")}<input name="code" autocomplete="off" autocapitalize="characters" maxlength="20" required /></label>
      <button type="submit">${t("pair_send")}</button>
    </form>
    ${problem && html`<p role="alert">! ${problem}</p>`}
    ${!me.secure && html`<p>${t("no_tls")}</p>`}
  </main>`;
}
