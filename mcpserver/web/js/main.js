// The page comes up: header, mode of the address or of the host, first call.

/** The header: menus, and what concerns the page as a whole. */
function layHeader() {
  const menu = menuOf(state.mode);
  const themeNow = store.read("theme", "system");
  byId("bar").replaceChildren(
    el("div", { class: "brand" }, el("span", { class: "mark", "aria-hidden": "true" }, el("i"), el("i"), el("i")), el("h1", { text: t("brand") })),
    el("nav", { class: "menus", "aria-label": t("menu") }, MENUS.map((m) => el("button", {
      type: "button", text: t(`menu.${m.id}`), "aria-current": m === menu ? "page" : null, data: { menu: m.id }, on: { click: () => goTo(lastOf(m)) },
    }))),
    ...(inHost && !wholePage() ? [viewSwitch()] : []),
    el("div", { class: "page-tools" },
      host.modes.includes("fullscreen") ? button(t(wholePage() ? "smaller" : "larger"), () => host.display(wholePage() ? "inline" : "fullscreen"), { class: "button quiet", id: "larger" }) : null,
      inHost ? null : button(t("history"), openHistory, { class: "button quiet", "aria-haspopup": "dialog" }),
      inHost ? null : el("select", { "aria-label": t("theme"), class: "plain", on: { change: (e) => { store.write("theme", e.target.value); showTheme(e.target.value); } } },
        ["system", "light", "dark"].map((name) => el("option", { value: name, text: t(`theme.${name}`), selected: name === themeNow }))),
      el("select", { "aria-label": t("language"), class: "plain", id: "language", on: { change: (e) => { store.write("language", e.target.value); showLanguage(e.target.value); } } },
        el("option", { value: "en", text: "English", selected: language === "en" }), el("option", { value: "zh", text: "中文", selected: language === "zh" }))));
  byId("skip").textContent = t("skip");
  document.title = t("brand");
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
}

/** Whether the page has the screen, in a browser or from a host. */
const wholePage = () => !("app" in document.documentElement.dataset);

/** Shows the page as the host displays it. */
function showMode(mode) {
  document.documentElement.toggleAttribute("data-app", mode !== "fullscreen");
  layHeader();
}

/** What a host shows of the page: one view at a time. */
function viewSwitch() {
  const { dataset } = document.documentElement;
  const views = host.canCall() ? ["result", "configuration", "advice"] : ["result", "advice"];
  return segments(t("view"), views.map((v) => ({ value: v, text: t(`view.${v}`) })), dataset.view, (v) => {
    dataset.view = v;
    layHeader();
  }, "light");
}

const lastModes = new Map(); // the mode that each menu was left in
const lastOf = (menu) => lastModes.get(menu.id) ?? menu.modes[0];

/** Goes to a mode and calculates it. */
function goTo(mode, medium = state.medium) {
  if (mode === state.mode && medium === state.medium) return;
  enter(mode, medium);
  configurationReplaced();
}

/** Another configuration stands: everything is laid anew. */
function configurationReplaced() {
  lastModes.set(menuOf(state.mode).id, state.mode);
  state.answer = null;
  state.validation = null;
  state.refusal = "";
  layHeader();
  layForm();
  configurationChanged();
}

/** An argument changed: the controls follow, the address, the calculation. */
function configurationChanged() {
  if (wayOf(state.args) !== way && way !== "config") {
    way = wayOf(state.args);
    layPanel();
  }
  showControls();
  keepAddress();
  calculator.changed();
}

const keepAddress = settled(150, () => {
  if (!inHost && location.hash !== address()) history.replaceState(null, "", address());
});

function showTheme(name) {
  if (name === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = name;
}

function showLanguage(name) {
  language = name;
  layHeader();
  layForm();
  drawResults();
  if (state.answer && calculator.turn > 0) calculator.changed();
}

async function startInHost() {
  document.documentElement.dataset.app = "";
  document.documentElement.dataset.view = "result";
  let input = null;
  const draw = (tool) => {
    const mode = modeFor(TOOLS.has(tool) ? tool : FLAGSHIP, input ?? {});
    const { detail: _, language: __, ...args } = input ?? {};
    for (const name of Object.keys(mode.fixed)) delete args[name];
    enter(mode, "image", args);
    layHeader();
    layForm();
    showControls();
  };
  let tool = FLAGSHIP;
  host.on["ui/notifications/tool-input"] = ({ arguments: args }) => {
    input = args ?? {};
    draw(tool);
  };
  host.on["ui/notifications/tool-result"] = (result) => {
    if (!input) draw(tool);
    showAnswer(structured(result), true);
  };
  host.on["ui/notifications/tool-cancelled"] = ({ reason }) => showProblem(reason ?? "");
  layHeader();
  layForm();
  drawResults();
  tool = (await host.connect()) ?? FLAGSHIP;
  layHeader();
  if (!host.canCall()) toast(t("readonly"));
}

function startInBrowser() {
  restore(location.hash) || (state.args = startOf(state.mode, state.medium));
  window.addEventListener("hashchange", () => {
    if (location.hash !== address() && restore(location.hash)) configurationReplaced();
  });
  configurationReplaced();
}

language = store.read("language", (navigator.language ?? "en").startsWith("zh") ? "zh" : "en");
showTheme(inHost ? "system" : store.read("theme", "system"));
if (inHost) startInHost();
else startInBrowser();
