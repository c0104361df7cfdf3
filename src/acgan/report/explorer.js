// The explorer: three plots of the same classes, a panel for the class under the pointer, and the classes as a list.
"use strict";

const PALETTE = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7a5195", "#767676", "#003f5c", "#bc5090"];
const SHOWN = 100; // rows of the list at once
const HEADS = [["Class", "class"], ["Model", "model"], ["MS-SSIM of samples", "ms_ssim"], ["of training images", "real"], ["Accuracy", "accuracy"], ["Collapsed", "collapsed"]];
const by = (id) => document.getElementById(id);
const state = { suite: Object.keys(suites)[0], colour: "collapse", chosen: null, listed: SHOWN, sorted: ["ms_ssim", -1] };
const AXES = { figure_02: ["accuracy", "quarter"], figure_04: ["real", "ms_ssim"], figure_06: ["ms_ssim", "accuracy"] };
let source, thresholds, plots;

function groupOf(row) {
  if (state.colour === "model") return row[column.model];
  return row[column.collapsed] === null ? "not known" : row[column.collapsed] ? "collapsed" : "not collapsed";
}

function colours() {
  const groups = [...new Set(rowsOf(state.suite).map(groupOf))].sort();
  if (state.colour !== "model") return { "not collapsed": "#0072B2", collapsed: "#c75454", "not known": "#767676" };
  return Object.fromEntries(groups.map((group, i) => [group, PALETTE[i % PALETTE.length]]));
}

function draw() {
  const rows = rowsOf(state.suite), about = suites[state.suite], of = colours();
  const nan = (x) => (x === null ? NaN : x);
  const data = { colour: rows.map((row) => of[groupOf(row)]) };
  for (const c of ["accuracy", "quarter", "real", "ms_ssim"]) data[c] = rows.map((row) => nan(row[column[c]]));
  source.selected.indices = [];
  source.data = data;
  for (const [plot, axes] of Object.entries(AXES)) axes.forEach((c, i) => fit(i ? plots[plot].y_range : plots[plot].x_range, data[c]));
  for (const line of thresholds) { line.location = about.threshold ?? 0; line.visible = about.threshold !== null; }
  by("about").textContent = `${rows.length} classes of ${about.models.length} models (${about.system}) at ${about.side} x ${about.side} pixels; ${about.protocol}; ` +
    (about.judge ? `named by ${about.judge}` : "without a judge") + (about.threshold === null ? "" : `; dashed: the least varied training class, ${three(about.threshold)}`);
  const counts = new Map();
  for (const row of rows) counts.set(groupOf(row), (counts.get(groupOf(row)) ?? 0) + 1);
  by("legend").replaceChildren(...[...counts].sort().map(([group, count]) =>
    element("button", { type: "button", onclick: () => choose(indicesWhere((row) => groupOf(row) === group)) }, element("i", { style: `background:${of[group]}` }), `${group} (${count})`)));
  choose(null);
}

// The whole range of some values, which is what Reset goes back to.
function fit(range, values) {
  const known = values.filter((v) => !Number.isNaN(v));
  const low = known.length ? Math.min(...known) : 0, high = known.length ? Math.max(...known) : 1, pad = 0.05 * (high - low) || 0.05;
  range.setv({ start: low - pad, end: high + pad, reset_start: low - pad, reset_end: high + pad });
}

function indicesWhere(wanted) {
  return rowsOf(state.suite).map((row, i) => [row, i]).filter(([row]) => wanted(row)).map(([, i]) => i);
}

function choose(indices, fromPlot = false) {
  state.chosen = indices;
  state.listed = SHOWN;
  if (!fromPlot) source.selected.indices = indices ?? [];
  list();
}

function list() {
  const rows = rowsOf(state.suite), all = state.chosen ?? rows.map((_, i) => i);
  const [key, direction] = state.sorted;
  const value = (i) => (key === "class" ? name(rows[i][column.class]) : rows[i][column[key]]);
  const order = (a, b) => (typeof a === "string" ? a.localeCompare(b, "en", { numeric: true }) : a - b);
  const sorted = [...all].sort((i, j) => {
    const a = value(i), b = value(j);
    return a === null || b === null ? (a === null) - (b === null) : direction * order(a, b);
  });
  by("listed").textContent = state.chosen ? `${all.length} of ${rows.length} classes${all.length ? "" : "; the plots show all"}` : `${rows.length} classes`;
  const heads = HEADS.map(([text, key]) => element("th", {
    tabindex: 0, "aria-sort": state.sorted[0] === key ? (state.sorted[1] > 0 ? "ascending" : "descending") : null,
    onclick: () => sort(key), onkeydown: (e) => { if (e.key === "Enter") sort(key); },
  }, text));
  const lines = sorted.slice(0, state.listed).map((i) => {
    const row = rows[i], id = row[column.class];
    const cells = [element("a", { href: classLink(state.suite, id), onfocus: () => show(i) }, name(id)), element("a", { href: modelLink(state.suite, row[column.model]) }, row[column.model]),
      three(row[column.ms_ssim]), three(row[column.real]), share(row[column.accuracy]), row[column.collapsed] === null ? "–" : row[column.collapsed] ? "yes" : "no"];
    return element("tr", {}, ...cells.map((cell, n) => element("td", { "data-label": HEADS[n][0] }, cell)));
  });
  by("classes").replaceChildren(element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...lines));
  by("more").hidden = sorted.length <= state.listed;
}

function sort(key) {
  state.sorted = [key, state.sorted[0] === key ? -state.sorted[1] : 1];
  list();
}

// The panel of one class: its name and numbers at once, its samples when they have come.
async function show(index, near = null) {
  const row = rowsOf(state.suite)[index], id = row[column.class], panel = by("hover");
  state.under = index;
  const samples = element("div", {});
  panel.replaceChildren(element("b", {}, name(id)), element("p", {}, `MS-SSIM ${three(row[column.ms_ssim])}, training images ${three(row[column.real])}`),
    element("p", {}, `accuracy ${share(row[column.accuracy])}, model ${row[column.model]}${row[column.collapsed] ? ", collapsed" : ""}`), samples,
    element("a", { href: classLink(state.suite, id) }, "open its page"));
  panel.hidden = false;
  const phone = window.innerWidth < 700 || !near;
  panel.classList.toggle("docked", phone);
  panel.style.left = phone ? "" : `${Math.min(near[0] + 16, window.innerWidth - 380)}px`;
  panel.style.top = phone ? "" : `${Math.max(8, Math.min(near[1] + 16, window.innerHeight - 220))}px`;
  const details = await detailsOf(state.suite, index);
  const place = details.pictures.class_pictures ?? details.pictures.class_samples;
  if (state.under === index && place) samples.replaceChildren(strip(place, "generated", 32));
}

let pointer = [0, 0], touched = false;
addEventListener("pointermove", (e) => { pointer = [e.clientX, e.clientY]; });
addEventListener("pointerdown", (e) => { touched = e.pointerType === "touch"; pointer = [e.clientX, e.clientY]; }, true);

window.explorer = {
  hovered(indices) {
    if (indices.length) show(indices[0], pointer);
    else if (!touched) { by("hover").hidden = true; state.under = null; }
  },
  // By touch there is no pointing without clicking: the panel comes, with a link.
  clicked(indices) {
    if (!indices.length) return;
    if (touched) show(indices[0], pointer);
    else location.href = classLink(state.suite, rowsOf(state.suite)[indices[0]][column.class]);
  },
};

async function begin() {
  by("experiment").textContent = `Experiment ${window.ACGAN.experiment}: ${window.ACGAN.title}`;
  by("suite").replaceChildren(...Object.keys(suites).map((s) => element("option", { value: s }, `${s} (${suites[s].system}, ${suites[s].side} x ${suites[s].side})`)));
  const { documents, items } = window.acganPlots;
  await Bokeh.embed.embed_items(documents, items);
  const models = Bokeh.documents[0];
  plots = Object.fromEntries(Object.keys(AXES).map((n) => [n, models.get_model_by_name(n)]));
  source = plots.figure_02.renderers[0].data_source;
  thresholds = ["threshold_x", "threshold_y"].map((n) => models.get_model_by_name(n));
  source.selected.change.connect(() => {
    const indices = source.selected.indices;
    if (String(indices) !== String(state.chosen ?? [])) choose(indices.length ? [...indices] : null, true);
  });
  by("suite").onchange = (e) => { state.suite = e.target.value; draw(); };
  by("colour").onchange = (e) => { state.colour = e.target.value; draw(); };
  by("clear").onclick = () => { by("find").value = ""; choose(null); };
  by("more").onclick = () => { state.listed += 4 * SHOWN; list(); };
  by("find").oninput = (e) => {
    const wanted = e.target.value.trim().toLowerCase();
    choose(wanted ? indicesWhere((row) => name(row[column.class]).toLowerCase().includes(wanted) || row[column.class].toLowerCase() === wanted) : null);
  };
  addEventListener("keydown", (e) => { if (e.key === "Escape") by("hover").hidden = true; });
  addEventListener("beforeprint", () => { state.listed = Infinity; list(); });
  draw();
  document.body.dataset.ready = "yes";
}
begin().catch(failed);
