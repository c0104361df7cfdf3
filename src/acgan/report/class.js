// The page of one class: class.html#suite/class. Its numbers are in data.js; the rest comes with nine neighbours.
"use strict";

const SIZE = 64; // pixels of a picture on the page
const NEAREST = { nearest_l1_same_class: "nearest of its class, L1", nearest_ms_ssim_same_class: "most alike of its class, MS-SSIM" };

function fact(title, big, ...more) {
  return element("section", {}, element("h2", {}, title), element("p", { class: "big" }, big), ...more.map((text) => element("p", {}, text)));
}

function between(low, high, shown) {
  return low === null ? "no interval" : `95%: ${shown(low)} to ${shown(high)}`;
}

// Pictures that exist, one at a time; on paper all of them.
function slider(title, place, kind) {
  const tiles = tilesOf(place, kind);
  if (!tiles.length) return null;
  const shown = element("span", {}, tile(place, tiles[0].number, 2 * SIZE));
  const said = element("output", {}, `1 of ${tiles.length}`);
  const input = element("input", { type: "range", min: 0, max: tiles.length - 1, value: 0, "aria-label": title });
  input.oninput = () => {
    shown.replaceChildren(tile(place, tiles[input.value].number, 2 * SIZE));
    said.textContent = `${Number(input.value) + 1} of ${tiles.length}`;
  };
  return element("section", {}, element("h3", {}, title), element("div", { class: "slider" }, shown, input, said),
    element("div", { class: "print strip" }, ...tiles.map((t) => tile(place, t.number, SIZE))));
}

function pair(place, kind) {
  const tiles = tilesOf(place, kind);
  if (!tiles.length) return null;
  return element("figure", {}, ...tiles.map((t) => tile(place, t.number, SIZE)), element("figcaption", {}, `${kind}: samples ${tiles.map((t) => t.sample).join(" and ")}, MS-SSIM ${three(tiles[0].said)}`));
}

function chart(points, threshold) {
  const made = (tag, attributes, text = "") => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.textContent = text;
    return node;
  };
  const last = Math.max(...points.map((p) => p[0]), 1), x = (s) => 40 + 440 * s / last, y = (v) => 150 - 130 * v;
  const svg = made("svg", { viewBox: "0 0 500 180", class: "chart", role: "img", "aria-label": "MS-SSIM of the samples during training" });
  svg.append(made("path", { d: "M40 20V150H480", fill: "none", stroke: "#9aa4b0" }));
  if (threshold !== null) svg.append(made("path", { d: `M40 ${y(threshold)}H480`, stroke: "#c75454", "stroke-dasharray": "4 3" }));
  svg.append(made("polyline", { points: points.filter((p) => p[1] !== null).map(([s, v]) => `${x(s).toFixed(1)},${y(v).toFixed(1)}`).join(" "), fill: "none", stroke: "#0072B2", "stroke-width": 2 }));
  for (const [text, left, top, anchor] of [["1", 34, 24, "end"], ["0", 34, 154, "end"], ["0", 40, 168, "start"], [`${last} steps`, 480, 168, "end"], ["MS-SSIM of the samples", 46, 14, "start"]])
    svg.append(made("text", { x: left, y: top, "text-anchor": anchor, "font-size": 11, fill: "#55606e" }, text));
  return svg;
}

function neighbours(details) {
  const place = details.pictures.class_neighbours, rows = details.neighbours;
  if (!rows.length) return null;
  const figures = [];
  if (place) {
    let current = null;
    allTiles(place).forEach(({ kind, sample, said, number }) => {
      if (kind === "generated") figures.push((current = element("figure", {}, tile(place, number, SIZE), element("figcaption", {}, `sample ${sample}`))));
      else current?.append(tile(place, number, SIZE), element("figcaption", {}, `${NEAREST[kind] ?? kind}: ${said}`));
    });
  }
  const table = element("table", {}, element("thead", {}, element("tr", {}, ...["Sample", "Search", "Distance", "Class of the training image"].map((h) => element("th", {}, h)))),
    element("tbody", {}, ...rows.map(([sample, metric, distance, of]) => element("tr", {}, ...[["Sample", sample], ["Search", metric.replaceAll("_", " ")], ["Distance", distance], ["Class of the training image", of]]
      .map(([label, value]) => element("td", { "data-label": label }, String(value)))))));
  return element("section", {}, element("h2", {}, "Nearest training images"), element("div", { class: "tiles" }, ...figures),
    element("details", { open: !place }, element("summary", {}, "Distances"), element("div", { class: "scroll" }, table)));
}

async function show() {
  const [suite, id] = location.hash.slice(1).split("/").map(decodeURIComponent);
  const main = document.getElementById("page");
  const rows = suites[suite]?.rows ?? [], index = rows.findIndex((row) => row[column.class] === id);
  if (index < 0) {
    main.replaceChildren(element("h1", {}, "No such class"), element("p", {}, "See ", element("a", { href: "explorer.html" }, "all classes"), "."));
    return;
  }
  const row = rows[index], of = (key) => row[column[key]], about = suites[suite];
  for (const [link, other] of [["previous", index - 1], ["next", index + 1]]) {
    const found = rows[(other + rows.length) % rows.length][column.class];
    document.getElementById(link).href = classLink(suite, found);
    document.getElementById(link).title = name(found);
  }
  document.title = `${name(id)} – ${suite}`;
  const details = await detailsOf(suite, index), place = details.pictures.class_pictures ?? details.pictures.class_samples;
  const others = Object.keys(suites).filter((s) => s !== suite && suites[s].rows.some((r) => r[column.class] === id));
  const model = element("a", { href: modelLink(suite, of("model")) }, `${suite}/${of("model")}`);
  const parts = [
    element("p", { class: "kicker" }, `Class ${id} of `, model, `, ${about.system} at ${about.side} x ${about.side} pixels`, ...others.flatMap((s) => [" · in ", element("a", { href: classLink(s, id) }, s)])),
    element("h1", {}, name(id)),
    element("div", { class: "facts" },
      fact("MS-SSIM of samples", three(of("ms_ssim")), between(of("ms_ssim_low"), of("ms_ssim_high"), three), `rank ${of("diversity_rank")} of ${rows.length} (1 varies most)`),
      fact("of training images", three(of("real")), of("real") === null ? "not measured" : between(of("real_low"), of("real_high"), three)),
      fact("Accuracy", share(of("accuracy")), about.judge ? `by ${about.judge}` : "no judge", of("accuracy") === null ? "" : `${between(of("accuracy_low"), of("accuracy_high"), share)}; rank ${of("accuracy_rank")}`),
      fact("Collapsed", of("collapsed") === null ? "–" : of("collapsed") ? "yes" : "no", about.threshold === null ? "" : `threshold ${three(about.threshold)}`)),
  ];
  if (place) {
    parts.push(element("h2", {}, "Samples"), strip(place, "generated", SIZE));
    const album = window.ACGAN.all_samples?.[suite];
    if (album?.[id]) parts.push(element("p", {}, element("a", { href: `../all_samples/${suite}/${album[id]}` }, `all ${about.samples} samples`)));
    if (tilesOf(place, "real").length) parts.push(element("h3", {}, "Training images"), strip(place, "real", SIZE));
    const pairs = [pair(place, "most alike"), pair(place, "least alike")].filter(Boolean);
    if (pairs.length) parts.push(element("h3", {}, "The most and the least alike two of the first samples"), element("div", { class: "tiles" }, ...pairs));
    parts.push(element("div", { class: "pairs" }, slider("A line between two latents", place, "line"), slider("The latents that all classes of the model share", place, "fixed latent")));
  }
  if (details.others.length) {
    parts.push(element("h2", {}, "The same class elsewhere"));
    for (const other of details.others) parts.push(element("h3", {}, `${other.suite}: ${other.system}`), strip(other, "generated", SIZE));
  }
  if (details.trajectory.length) parts.push(element("h2", {}, "During training"), chart(details.trajectory, about.threshold));
  parts.push(neighbours(details));
  if (details.confused.length) {
    const said = details.confused.map(([other, images, total]) => `${other}: ${images} of ${total}`).join(", ");
    parts.push(element("h2", {}, "What the judge takes real images of it for"), element("p", {}, said));
  }
  main.replaceChildren(...parts.filter(Boolean));
  window.scrollTo({ top: 0, behavior: "instant" });
  document.body.dataset.ready = location.hash;
}
addEventListener("hashchange", () => show().catch(failed));
addEventListener("keydown", (e) => {
  if (e.target.tagName === "INPUT") return;
  if (e.key === "ArrowLeft") location.href = document.getElementById("previous").href;
  if (e.key === "ArrowRight") location.href = document.getElementById("next").href;
});
show().catch(failed);
