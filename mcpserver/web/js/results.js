// The answer, laid out. Figures alone come first; the rest is dimmed until the
// whole answer is there.

/** A card of the result. */
function card(name, title, about, ...content) {
  const heading = freshId("card");
  return el("section", { class: `card card-${name}`, id: `card-${name}`, "aria-labelledby": heading },
    el("div", { class: "card-head" }, el("h2", { id: heading, text: title }), about ? el("p", { class: "card-about", text: about }) : null),
    ...content);
}

/** Takes an answer: figures alone, or whole. */
function showAnswer(answer, whole) {
  state.validation = answer.validation ?? null;
  state.problem = "";
  state.refusal = answer.estimate ? "" : answer.summary;
  state.busy = !whole && Boolean(answer.estimate);
  if (answer.estimate) {
    state.answer = whole ? answer : withOld(answer);
    state.whole = whole;
  } else {
    state.whole = false;
  }
  drawResults();
  showControls();
  drawDock();
  if (!whole && answer.estimate) return;
  byId("said").textContent = answer.summary; // for those who listen
  if (!answer.estimate) return;
  fillPlot();
  remember();
  if (inHost && calculator.turn > 0) host.tell(state.mode.tool, plainArguments(), answer);
}

/** Figures alone, with the last whole answer's other parts until new ones come. */
function withOld(figures) {
  const { optimizations, gpuRecommendations, cost, assumptions, comparison } = state.answer ?? {};
  return { optimizations, gpuRecommendations, cost, assumptions, comparison, ...figures };
}

/** Says why there is no answer at all. */
function showProblem(problem) {
  state.problem = problem;
  state.busy = false;
  drawResults();
}

/** Dims what is about to change. */
function showBusy() {
  byId("result").setAttribute("aria-busy", "true");
}

/** Draws the result from the state. */
function drawResults() {
  const place = byId("result");
  const { answer } = state;
  place.setAttribute("aria-busy", String(state.busy));
  const left = placeFindings(controls);
  const notice = state.problem || state.refusal ? noticeCard(left) : null;
  if (!answer) {
    place.replaceChildren(...[notice ?? el("section", { class: "card waiting" }, el("p", { text: t("calculating") }))]);
    return;
  }
  const scroll = [...place.querySelectorAll(".table")].map((n) => n.scrollLeft);
  const focus = document.activeElement?.closest("#result") ? focusPath(document.activeElement) : null;
  // What only the whole answer holds is dimmed while the figures are newer.
  const later = (node) => {
    if (node && !state.whole) node.classList.add("partial");
    return node;
  };
  place.replaceChildren(
    ...[notice].filter(Boolean),
    el("div", { class: `grid ${state.refusal ? "stale" : ""}` },
      el("div", { class: "column" }, headline(answer), foundCard(left), compareCard(), timeline(answer), breakdown(answer), plotCard(answer), later(costCard(answer)), later(assumptionCard(answer))),
      el("div", { class: "column" }, later(adviceCard(answer)), later(gpuCard(answer)))));
  place.querySelectorAll(".table").forEach((n, i) => { n.scrollLeft = scroll[i] ?? 0; });
  if (focus) place.querySelector(focus)?.focus({ preventScroll: true });
}

/** A selector that finds the focused element again after drawing. */
function focusPath(node) {
  const label = node.getAttribute("aria-label");
  if (label) return `[aria-label="${CSS.escape(label)}"]`;
  const group = node.closest("[role=radiogroup]");
  if (group) return `[role=radiogroup][aria-label="${CSS.escape(group.getAttribute("aria-label"))}"] [aria-checked=true]`;
  const line = node.closest("[data-component]");
  return line ? `[data-component="${CSS.escape(line.dataset.component)}"] summary` : null;
}

/** What stands in the way of an answer. */
function noticeCard(left) {
  return el("section", { class: "card notice error", role: "alert", "aria-label": t("findings") },
    state.problem ? el("p", { text: state.problem }) : null,
    state.refusal ? el("h2", { text: t("refused") }) : null,
    state.refusal && left.length === 0 ? el("p", { text: state.refusal }) : null,
    left.map(findingNote),
    state.refusal && state.answer ? el("p", { class: "small-note", text: t("stale") }) : null);
}

/** Findings whose control is not on the open panel. */
function foundCard(left) {
  if (left.length === 0 || state.refusal) return null;
  return el("section", { class: "card found", "aria-label": t("findings") }, left.map(findingNote));
}

/** The bar at the foot of small screens. */
function drawDock() {
  const e = state.answer?.estimate;
  if (!e) return;
  const fits = state.answer.target?.fits ?? "unknown";
  byId("dock").replaceChildren(el("a", { href: "#result", class: `fits-${fits}`, on: { click: (event) => {
    event.preventDefault();
    byId("result").scrollIntoView();
  } } }, el("strong", { text: size(e.totalBytes) }), el("span", { class: "pill verdict-pill", text: state.refusal ? t("severity.error") : t(`fits.${fits}`) })));
}
