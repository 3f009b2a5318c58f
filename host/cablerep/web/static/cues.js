// What is heard and felt: tones or a voice, vibration, and a screen that stays on, as far as the browser gives them.
import { label, t } from "./texts.js";

const TONES = { hold_reached: [880, 0.15], rep: [660, 0.12], too_fast: [220, 0.25], rest_over: [990, 0.4] };
const SHAKES = { hold_reached: [120], rep: [60], too_fast: [60, 60, 60], rest_over: [300] };
export const MODES = ["off", "tone", "voice"];

let mode = "off";
let audio = null;
let lock = null;

export function soundMode() {
  return mode;
}

// Go to the next mode that this browser has; a tap must cause it, or no sound would be allowed.
export function nextSound() {
  const modes = MODES.filter((one) => one !== "voice" || "speechSynthesis" in window);
  mode = modes[(modes.indexOf(mode) + 1) % modes.length];
  if (mode === "tone") {
    audio ??= new AudioContext();
    audio.resume();
  }
  play(["rep"], "1");
  return mode;
}

// `cues` as the server names them: "hold reached", "too fast", "rest over" or a count.
export function play(cues) {
  for (const cue of cues) {
    const name = /^\d+$/.test(cue) ? "rep" : cue.replaceAll(" ", "_");
    if (mode === "tone") beep(...(TONES[name] || TONES.rep));
    if (mode === "voice") {
      speechSynthesis.cancel();
      const said = new SpeechSynthesisUtterance(name === "rep" ? cue : label("cue_said", name));
      said.lang = document.documentElement.lang;
      speechSynthesis.speak(said);
    }
    if (mode !== "off") navigator.vibrate?.(SHAKES[name] || SHAKES.rep);
  }
}

function beep(hertz, seconds) {
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.frequency.value = hertz;
  volume.gain.setValueAtTime(0.3, audio.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + seconds);
  tone.connect(volume).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + seconds);
}

// Keep the screen on while the page is looked at.
export async function keepAwake() {
  if (!("wakeLock" in navigator) || lock || document.visibilityState !== "visible") return;
  try {
    lock = await navigator.wakeLock.request("screen");
    lock.addEventListener("release", () => { lock = null; });
  } catch {
    lock = null; // the battery is low, or the system says no
  }
}

// What this browser does not give, as sentences.
export function missing() {
  const found = [];
  if (!isSecureContext) found.push(t("no_wake_lock_http"));
  else if (!("wakeLock" in navigator)) found.push(t("no_wake_lock"));
  if (!("vibrate" in navigator)) found.push(t("no_vibration"));
  if (!("speechSynthesis" in window)) found.push(t("no_voice"));
  return found;
}
