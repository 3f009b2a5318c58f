// The texts of the page: the tables of words/*.toml, in the browser's language or else in English.
let tables = {};
export let locale = "en"; // of numbers and dates

export async function loadTexts(languages) {
  const wanted = (navigator.languages || [navigator.language]).map((name) => name.slice(0, 2).toLowerCase());
  const language = wanted.find((name) => languages.includes(name)) || "en";
  const response = await fetch(`/static/words/${language}.json`);
  tables = await response.json();
  document.documentElement.lang = language;
  locale = [navigator.language].find((name) => name.startsWith(language)) || language;
}

// A label for `name` in the table `kind`; an unknown name reads as itself.
export function label(kind, name) {
  return tables[kind]?.[name] ?? String(name).replaceAll("_", " ");
}

// A text of the page with its {fields} filled in.
export function t(key, fields = {}) {
  return label("page", key).replace(/\{(\w+)\}/g, (_, name) => fields[name] ?? "");
}

export function number(value, digits = 0) {
  return value.toLocaleString(locale, {
    minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false,
  });
}

export function clock(seconds) {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
