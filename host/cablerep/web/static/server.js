// Talks to the server: requests, and the live socket that resumes by frame number.
export class Refused extends Error {
  constructor(status, text) {
    super(text);
    this.status = status;
  }
}

export async function get(path) {
  return answer(await fetch(path, { cache: "no-store" }));
}

export async function post(path, fields) {
  const headers = { "content-type": "application/json" };
  return answer(await fetch(path, { method: "POST", headers, body: JSON.stringify(fields) }));
}

async function answer(response) {
  const found = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(response.status, found.problem || String(response.status));
  return found;
}

const LEFT_OUT = 4401; // the close code of a stranger or a revoked device
const FIRST_RETRY_MS = 250, LAST_RETRY_MS = 2000;
const QUIET_MS = 3000; // after so long without a frame a page that wakes up does not trust its socket
const ACKNOWLEDGE_EVERY = 6; // frames

// The state of one board. `changed(view)` is called with each new state, `linked(state)` with "open", "away" or "out".
export class Live {
  constructor(board, changed, linked) {
    this.board = board;
    this.changed = changed;
    this.linked = linked;
    this.view = null;
    this.epoch = "";
    this.number = -1;
    this.retry = FIRST_RETRY_MS;
    this.wake = () => this.check();
    for (const name of ["visibilitychange", "pageshow", "online", "focus"]) addEventListener(name, this.wake);
    document.addEventListener("visibilitychange", this.wake);
    this.connect();
  }

  close() {
    for (const name of ["visibilitychange", "pageshow", "online", "focus"]) removeEventListener(name, this.wake);
    document.removeEventListener("visibilitychange", this.wake);
    this.done = true;
    clearTimeout(this.timer);
    this.socket?.close();
  }

  connect() {
    clearTimeout(this.timer);
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const query = `board=${this.board}&epoch=${this.epoch}&n=${this.number}`;
    const socket = new WebSocket(`${scheme}//${location.host}/live?${query}`);
    this.socket = socket;
    this.heard = Date.now();
    socket.onmessage = (event) => socket === this.socket && this.take(JSON.parse(event.data));
    socket.onclose = (event) => socket === this.socket && this.lost(event.code);
  }

  lost(code) {
    if (this.done) return;
    this.linked(code === LEFT_OUT ? "out" : "away");
    if (code === LEFT_OUT) return;
    this.timer = setTimeout(() => this.connect(), this.retry);
    this.retry = Math.min(LAST_RETRY_MS, 2 * this.retry);
  }

  // A page that was asleep, or a network that came back.
  check() {
    if (this.done || document.visibilityState === "hidden") return;
    const isOpen = this.socket.readyState === WebSocket.OPEN || this.socket.readyState === WebSocket.CONNECTING;
    if (isOpen && Date.now() - this.heard < QUIET_MS) return;
    const old = this.socket;
    this.connect();
    old.close();
  }

  take(frames) {
    this.heard = Date.now();
    this.retry = FIRST_RETRY_MS;
    for (const frame of frames) {
      if (frame.all) {
        this.view = frame.all;
        this.epoch = frame.epoch;
      } else if (frame.n === this.number + 1) {
        this.view = { ...this.view, ...frame.set };
        for (const [name, tail] of Object.entries(frame.add || {})) this.view[name] = [...this.view[name], ...tail];
      } else { // a frame is missing: start over
        this.number = -1;
        this.socket.close();
        return;
      }
      this.number = frame.n;
      if (frame.all || frame.n % ACKNOWLEDGE_EVERY === 0) this.socket.send(String(frame.n));
    }
    if (frames.length > 1) this.socket.send(String(this.number));
    this.linked("open");
    this.changed(this.view);
  }
}
