// The page of one model: model.html#suite/model.
"use strict";

const COST = [["steps", "steps"], ["seconds", "seconds"], ["images_per_second", "images/s"], ["seconds_per_kimg", "s for 1,000 images"], ["peak_memory_mb", "MB at most"]];

function listed(pairs) {
  return element("dl", { class: "origin" }, ...pairs.flatMap(([key, value]) => [element("dt", {}, key), element("dd", {}, value)]));
}

async function show() {
  const [suite, model] = location.hash.slice(1).split("/").map(decodeURIComponent);
  const main = document.getElementById("page"), rows = suites[suite]?.rows.filter((row) => row[column.model] === model) ?? [];
  if (!model) {
    main.replaceChildren(element("h1", {}, "No such model"), element("p", {}, "See ", element("a", { href: "explorer.html" }, "the classes and their models"), "."));
    return;
  }
  const details = await load(`explore/${suite}/model_${model}.js`, "model", `${suite}/${model}`);
  const models = suites[suite]?.models ?? [model], at = models.indexOf(model);
  for (const [link, step] of [["previous", -1], ["next", 1]])
    document.getElementById(link).href = modelLink(suite, models[(at + step + models.length) % models.length]);
  document.title = `${suite}/${model}`;
  const heads = ["Class", "MS-SSIM of samples", "of training images", "Accuracy"];
  const table = element("table", {}, element("thead", {}, element("tr", {}, ...heads.map((h) => element("th", {}, h)))), element("tbody", {}, ...rows.map((row) => element("tr", {},
    ...[element("a", { href: classLink(suite, row[column.class]) }, name(row[column.class])), three(row[column.ms_ssim]), three(row[column.real]), share(row[column.accuracy])]
      .map((cell, n) => element("td", { "data-label": heads[n] }, cell))))));
  main.replaceChildren(
    element("p", { class: "kicker" }, `A model of ${suite}: ${details.system}, ${details.classes} classes`),
    element("h1", {}, `${suite}/${model}`),
    details.diverged ? element("p", { class: "warning" }, `It failed at step ${details.diverged.step}; no number comes from it.`) : "",
    details.other_code ? element("p", { class: "warning" }, "It was made by other training code than the present.") : "",
    element("h2", {}, "Classes"), rows.length ? element("div", { class: "scroll" }, table) : element("p", {}, "No class of it was scored one by one."),
    element("h2", {}, "Training"), details.curve ? element("img", { src: details.curve, alt: "Training curves by step", width: 720 }) : "",
    listed(COST.map(([key, words]) => [words, String(details.cost[key])])),
    element("h2", {}, "Provenance"),
    listed([["Settings", Object.entries(details.settings).map(([k, v]) => `${k} ${v}`).join(", ") || "the suite's"], ["Seed", details.seed], ["Ran on", `${details.device}, ${details.threads} ${details.threads === 1 ? "thread" : "threads"}, ${details.precision}`],
      ["Machine", details.hardware], ["Versions", Object.entries(details.versions).map(([k, v]) => `${k} ${v}`).join(", ")], ["Training code", details.code]]),
    element("h3", {}, "The command that made it"), element("pre", {}, details.command));
  window.scrollTo({ top: 0, behavior: "instant" });
  document.body.dataset.ready = location.hash;
}
addEventListener("hashchange", () => show().catch(failed));
show().catch(failed);
