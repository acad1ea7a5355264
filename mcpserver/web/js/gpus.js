// GPUs for the run, ranked by the tool: by level, with price and its date.

const FIRST_GPUS = 6;
const LEVELS = ["excellent", "good", "acceptable", "oversized", "insufficient"];

const shownGpus = { level: "all", all: false };

function gpuCard(answer) {
  const list = answer.gpuRecommendations;
  if (!list) return null;
  const levels = LEVELS.filter((l) => list.some((g) => g.level === l));
  if (shownGpus.level !== "all" && !levels.includes(shownGpus.level)) shownGpus.level = "all";
  const fitting = list.filter((g) => (shownGpus.level === "all" ? g.level !== "insufficient" : g.level === shownGpus.level));
  const shown = shownGpus.all ? fitting : fitting.slice(0, FIRST_GPUS);
  const redraw = (change) => { Object.assign(shownGpus, change); drawResults(); };
  const options = ["all", ...levels].map((l) => ({ value: l, text: word("level", l) }));
  return card("gpus", t("gpus"), t("gpus.about"),
    levels.length > 1 ? segments(t("level"), options, shownGpus.level, (l) => redraw({ level: l, all: false }), "light wrap") : null,
    shown.length ? el("ul", { class: "gpus" }, shown.map((g) => gpuItem(g, answer))) : el("p", { class: "empty", text: t("gpus.none") }),
    fitting.length > FIRST_GPUS ? button(shownGpus.all ? t("gpus.fewer") : t("gpus.more", fitting.length), () => redraw({ all: !shownGpus.all }), { class: "button quiet" }) : null);
}

function gpuItem(g, answer) {
  const chosen = answer.target?.gpu === g.gpu;
  const price = g.hourlyUsd != null ? t("perHour", usd(g.hourlyUsd)) : t("noPrice");
  const rest = [
    g.runUsd != null ? `${usd(g.runUsd)} · ${hours(g.runHours)}` : g.runHours != null ? hours(g.runHours) : "",
    g.purchaseUsd != null ? t("toBuy", usd(g.purchaseUsd)) : "",
    g.priceDate ? t("asOf", g.priceDate) : "",
  ].filter(Boolean).join(" · ");
  return el("li", { class: `gpu ${chosen ? "chosen" : ""}`, data: { gpu: g.gpu } },
    el("div", { class: "gpu-head" },
      el("h3", { text: g.count > 1 ? `${g.count} × ${g.name}` : g.name }),
      el("span", { class: `pill level-${g.level}`, text: word("level", g.level) })),
    el("div", { class: "gpu-use", "aria-hidden": "true" }, el("span", { class: `gpu-fill level-${g.level}`, vars: { "--w": `${Math.min(100, 100 * g.utilization)}%` } })),
    el("p", { class: "gpu-facts" }, el("span", { text: `${percent(g.utilization)} / ${size(g.usableBytes)}` }), el("strong", { text: price })),
    rest ? el("p", { class: "gpu-more", text: rest }) : null,
    g.why ? el("p", { class: "gpu-more clamp", text: g.why, title: g.why }) : null,
    chosen ? el("span", { class: "pill here", text: t("target") })
      : button(t("use"), () => patch(g.change ?? { targetGpu: g.gpu }, g.name), { class: "button small", "aria-label": `${t("use")}: ${g.name}` }));
}
