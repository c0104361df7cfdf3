// What the explorer and the pages of classes and models share. All text from data is set as text, never as markup.
"use strict";

const suites = window.ACGAN.suites;
const column = Object.fromEntries(window.ACGAN.columns.map((name, i) => [name, i]));
const waiting = {};

// Data come as scripts, since a page from disk may not fetch; each calls this.
window.acganLoaded = (kind, name, content) => waiting[`${kind}/${name}`]?.(content);

function load(src, kind, name) {
  return new Promise((resolve, reject) => {
    waiting[`${kind}/${name}`] = resolve;
    const script = document.createElement("script");
    script.src = src;
    script.onerror = () => reject(new Error(`${src} is missing: there is no such page, or the folder is not complete`));
    document.head.append(script);
  });
}

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") made.className = value;
    else if (name in made && typeof value === "function") made[name] = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((c) => c !== null && c !== undefined));
  return made;
}

const share = (x) => (x === null ? "–" : `${(100 * x).toFixed(1)}%`);
const three = (x) => (x === null ? "–" : x.toFixed(3));
const name = (id) => window.ACGAN.classes[id] ?? id;
const rowsOf = (suite) => suites[suite].rows;
const classLink = (suite, id) => `class.html#${suite}/${encodeURIComponent(id)}`;
const modelLink = (suite, model) => `model.html#${suite}/${model}`;

// One tile of a sheet: `size` pixels wide, whatever it is on the sheet.
function tile(place, number, size) {
  const [columns, rows] = place.size;
  const url = `explore/${place.suite}/${place.file}`;
  const style = `width:${size}px;height:${size}px;background-image:url("${url}");background-size:${columns * size}px ${rows * size}px;` +
    `background-position:${-number * size}px ${-place.row * size}px`;
  const { kind, sample } = allTiles(place)[number];
  return element("span", { class: "tile", style, role: "img", "aria-label": `${kind}${sample === null ? "" : ` ${sample}`}` });
}

// Tiles come as runs: a kind, the number of the first, how many, and what is said of them.
function allTiles(place) {
  place.tiles ??= place.runs.flatMap(([kind, first, count, said]) =>
    Array.from({ length: count }, (_, i) => ({ kind, sample: first === null ? null : first + i, said }))).map((t, number) => ({ ...t, number }));
  return place.tiles;
}

const tilesOf = (place, kind) => allTiles(place).filter((t) => t.kind === kind);

function strip(place, kind, size, most = 100) {
  return element("span", { class: "strip" }, ...tilesOf(place, kind).slice(0, most).map((t) => tile(place, t.number, size)));
}

// The details of ten classes come together.
async function detailsOf(suite, index) {
  const file = Math.floor(index / 10);
  const found = (suites[suite].details ??= {});
  found[file] ??= load(`explore/${suite}/classes_${file}.js`, "classes", `${suite}/${file}`);
  return (await found[file])[rowsOf(suite)[index][column.class]];
}

function failed(error) {
  document.querySelector("main").append(element("p", { class: "warning" }, String(error.message ?? error)));
}
