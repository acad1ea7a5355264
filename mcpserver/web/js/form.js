// The form: modes, presets, the model, and the panels of the mode's arguments.

const PANELS = ["basic", "advanced", "optimization", "hardware"];

let controls = [];
let filter = "";
let way = "catalogue"; // how the model is given

/** The way in which the arguments name the model. */
function wayOf(args) {
  if (args.modelConfig !== undefined) return "config";
  if (args.modelId === undefined && (args.modelSize !== undefined || args.architectureType !== undefined)) return "size";
  return "catalogue";
}

/** Lays the form of the mode. Called when the mode or the language changes. */
function layForm() {
  const { mode } = state;
  way = wayOf(state.args);
  filter = "";
  controls = argumentsOf(mode).filter((a) => !SPECIAL.has(a.name) || (a.name === "modelType" && !mode.fixed.modelType)).map(control);
  const menu = menuOf(mode);
  const modes = segments(t("mode"), menu.modes.map((m) => ({ value: m.path, text: t(`mode.${m.id}`) })), mode.path, (path) => goTo(modeOf(path)), "wide");
  const media = mode.media ? segments(t("medium"), mode.media.map((m) => ({ value: m, text: t(`medium.${m}`) })), state.medium, (m) => goTo(mode, m), "wide light") : null;
  byId("setup").replaceChildren(
    el("h2", { class: "hidden", text: t("configuration") }),
    el("div", { class: "setup-head" }, modes, media, presetBox()),
    el("div", { class: "setup-body" },
      el("div", { class: "panel-head", id: "panel-head" }),
      el("div", { class: "panel", id: "panel" })));
  layPanel();
}

/** The presets of the mode, and the way back to its start. */
function presetBox() {
  const { mode } = state;
  const own = PRESETS.filter((p) => p.mode === mode.path && (!mode.media || p.medium === state.medium));
  const id = freshId("preset");
  const box = el("select", { id, on: { change: () => {
    const chosen = own[Number(box.value)];
    if (chosen) startWith({ ...chosen.args });
  } } }, el("option", { value: "", text: t("presets.choose") }), own.map((p, i) => el("option", { value: String(i), text: p.name })));
  return el("div", { class: "preset" }, el("label", { class: "hidden", for: id, text: t("presets") }), box,
    button(t("reset.all"), () => startWith(startOf(mode, state.medium)), { class: "button quiet" }));
}

/** Begins again with other arguments. */
function startWith(args) {
  state.args = args;
  layForm();
  configurationChanged();
}

/** Lays the panel's head and its controls. */
function layPanel() {
  const tabs = PANELS.filter((p) => controls.some((c) => (c.argument.panel ?? "advanced") === p));
  if (!tabs.includes(state.panel)) state.panel = "basic";
  const find = el("input", { type: "search", class: "find", placeholder: t("find"), "aria-label": t("find"), value: filter,
    on: { input: () => { filter = find.value.trim(); showControls(); } } });
  byId("panel-head").replaceChildren(
    el("div", { class: "tabs", role: "tablist", "aria-label": t("panels") }, tabs.map((p, i) => el("button", {
      type: "button", role: "tab", id: `tab-${p}`, "aria-controls": "panel", "aria-selected": String(p === state.panel),
      tabindex: p === state.panel ? "0" : "-1", text: t(`panel.${p}`), data: { panel: p },
      on: {
        click: () => openPanel(p),
        keydown: (e) => {
          const by = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
          if (!by) return;
          openPanel(tabs[(i + by + tabs.length) % tabs.length]);
          byId(`tab-${state.panel}`).focus();
        },
      },
    }))),
    find);
  const panel = byId("panel");
  panel.setAttribute("role", "tabpanel");
  panel.setAttribute("aria-labelledby", `tab-${state.panel}`);
  panel.replaceChildren(modelBox(), ...controls.filter((c) => !isModel(c)).map((c) => c.node), el("p", { class: "empty", id: "find-none", hidden: true, text: t("find.none") }));
  showControls();
}

const isModel = (c) => Object.values(MODEL_WAYS).some((names) => names.includes(c.name));

/** The model and the three ways of giving it. */
function modelBox() {
  const own = controls.filter(isModel);
  return el("div", { class: "model-box", id: "model-box" },
    segments(t("model.from"), Object.keys(MODEL_WAYS).map((w) => ({ value: w, text: t(`model.${w}`) })), way, chooseWay, "wide light"),
    own.map((c) => c.node));
}

/** Gives the model another way; what the other ways hold is taken back. */
function chooseWay(next) {
  const kept = Object.fromEntries(Object.entries(state.args).filter(([name]) => !Object.values(MODEL_WAYS).flat().includes(name)));
  const model = findModel(state.args.modelId);
  if (next === "catalogue") kept.modelId = startOf(state.mode, state.medium).modelId;
  if (next === "size" && model) {
    kept.modelSize = Number(((model.parameters ?? 7e9) / 1e9).toPrecision(3));
    kept.architectureType = model.architectureType;
    if (!state.mode.fixed.modelType) kept.modelType = model.modelType;
  }
  state.args = kept;
  way = next;
  layPanel();
  if (next !== "config") configurationChanged();
  else controls.find((c) => c.name === "modelConfig")?.node.querySelector("textarea").focus();
}

function openPanel(p) {
  state.panel = p;
  filter = "";
  layPanel();
}

/** Brings every control up to date: its value, whether it applies, its findings. */
function showControls() {
  let any = false;
  for (const c of controls) {
    const here = isModel(c)
      ? state.panel === "basic" && MODEL_WAYS[way].includes(c.name)
      : (c.argument.panel ?? "advanced") === state.panel;
    c.node.hidden = !(filter ? c.matches(filter) && (!isModel(c) || MODEL_WAYS[way].includes(c.name)) : here) || !(applies(c.argument) || isModel(c));
    any ||= !c.node.hidden;
    c.show();
  }
  const box = byId("model-box");
  box.hidden = ![...box.querySelectorAll(".control")].some((n) => !n.hidden);
  byId("find-none").hidden = any;
  placeFindings(controls);
  markTabs();
}

/** Marks the tabs that hold findings with the worst one's colour. */
function markTabs() {
  const panels = new Map(controls.map((c) => [c.name, c.argument.panel ?? "advanced"]));
  for (const tab of document.querySelectorAll("#panel-head [role=tab]")) {
    const found = allFindings().filter((f) => (f.arguments ?? []).some((name) => panels.get(name) === tab.dataset.panel));
    tab.dataset.worst = found[0]?.severity ?? "";
    tab.title = found[0] ? t(`severity.${found[0].severity}`) : "";
  }
}
