// Up to four runs side by side, each as the tool answered it.

const MOST_RUNS = 4;
let runs = [];

/** A run in a few words. */
function runName(mode = state.mode, args = state.args) {
  const model = findModel(args.modelId)?.name ?? args.modelId ?? (args.modelConfig ? "config.json" : `${args.architectureType ?? ""} ${args.modelSize ?? ""}B`);
  const words = [model, args.fineTuningMethod ?? t(`mode.${mode.id}`), args.quantization ?? args.precision];
  for (const [name, mark] of [["batchSize", "B"], ["sequenceLength", "S"], ["promptLength", "P"]]) {
    if (args[name] !== undefined) words.push(`${mark}${args[name]}`);
  }
  return words.filter(Boolean).join(" · ");
}

/** Adds the run that is shown to the comparison. */
function pinRun() {
  if (!state.answer) return;
  if (runs.length >= MOST_RUNS) {
    toast(t("compare.full"));
    return;
  }
  runs = [...runs, { name: runName(), mode: state.mode, medium: state.medium, args: state.args, answer: state.answer }];
  drawResults();
  byId("card-compare")?.scrollIntoView({ block: "nearest" });
}

function compareCard() {
  if (runs.length === 0) return null;
  const most = Math.max(...runs.map((r) => r.answer.estimate.totalBytes));
  const first = runs[0].answer.estimate.totalBytes;
  return card("compare", t("compare"), t("compare.about"),
    el("ul", { class: "runs" }, runs.map((r, i) => {
      const { estimate: e, target, cost } = r.answer;
      const differs = e.totalBytes - first;
      return el("li", { class: "run" },
        el("div", { class: "run-head" }, el("h3", { text: `${i + 1}. ${r.name}` }),
          button(t("open"), () => { enter(r.mode, r.medium, r.args); configurationReplaced(); }, { class: "button small", "aria-label": `${t("open")}: ${r.name}` }),
          button("✕", () => { runs = runs.filter((x) => x !== r); drawResults(); }, { class: "button quiet square", "aria-label": t("remove", r.name) })),
        el("div", { class: "run-bar", "aria-hidden": "true" }, e.components.map((c) => el("span", { class: `part ${paintOf(c, e.components)}`, vars: { "--w": `${(100 * c.bytes) / most}%` } }))),
        el("p", { class: "run-facts" }, [
          size(e.totalBytes),
          i > 0 && differs !== 0 ? `${differs > 0 ? "+" : "−"}${size(Math.abs(differs))}` : "",
          word("phase", e.peakPhase),
          target ? `${targetName(target)}: ${t(`fits.${target.fits}`)}` : "",
          cost?.hours != null ? hours(cost.hours) : "",
          cost?.rentUsd?.onDemand != null ? usd(cost.rentUsd.onDemand) : "",
        ].filter(Boolean).join(" · ")));
    })),
    differing());
}

/** The arguments in which the runs differ. */
function differing() {
  const calls = runs.map((r) => ({ ...r.args, ...r.mode.fixed }));
  const names = [...new Set(calls.flatMap(Object.keys))].filter((n) => new Set(calls.map((c) => JSON.stringify(c[n]))).size > 1);
  if (names.length === 0) return null;
  return el("div", { class: "after" }, el("h3", { text: t("compare.differ") }),
    table([t("argument"), ...runs.map((_, i) => `${i + 1}`)], names.map((n) => [labelOf(n), ...calls.map((c) => (n in c ? written(c[n]) : "–"))])));
}
