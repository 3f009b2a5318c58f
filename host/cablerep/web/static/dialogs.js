// One dialog at a time, above the live view, which goes on below.
import { html, useLayoutEffect, useRef } from "./vendor/preact-htm.js";
import { t } from "./texts.js";

// `close` is called when it was closed, however that was. The element is the browser's own: it holds the focus.
export function Dialog({ title, close, children }) {
  const element = useRef();
  useLayoutEffect(() => {
    element.current.showModal();
  }, []);
  return html`<dialog ref=${element} onClose=${() => element.current && close()} aria-labelledby="dialog-title">
    <h2 id="dialog-title">${title}</h2>
    ${children}
  </dialog>`;
}

// Asks for a line of text.
export function TextDialog({ title, hint, send, close, type = "text", max = 500, extra = {} }) {
  const submit = (event) => {
    event.preventDefault();
    const value = new FormData(event.target).get("value").trim();
    if (value) send(value);
    close();
  };
  return html`<${Dialog} title=${title} close=${close}>
    <form onSubmit=${submit}>
      <label>${hint}<input name="value" type=${type} maxlength=${max} autofocus autocomplete="off" ...${extra} /></label>
      <div class="row"><button type="submit">${t("save")}</button>
      <button type="button" onClick=${close}>${t("cancel")}</button></div>
    </form>
  </${Dialog}>`;
}

// Asks for one of several things: `choices` are { value, text, detail }.
export function ChoiceDialog({ title, choices, choose, close }) {
  const take = (value) => { close(); choose(value); };
  return html`<${Dialog} title=${title} close=${close}>
    <ul class="choices">${choices.map((one) => html`<li key=${one.text}>
      <button type="button" onClick=${() => take(one.value)}>${one.text}${one.detail && html` <small>${one.detail}</small>`}</button>
    </li>`)}</ul>
    <button type="button" onClick=${close}>${t("cancel")}</button>
  </${Dialog}>`;
}
