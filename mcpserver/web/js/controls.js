// One control an argument, made from its published row: the type decides the
// form, unit, range and default come with it.

/** Arguments that the page shows in a way of its own. */
const SPECIAL = new Set(["modelType", "mode", "detail", "language"]);

/** The names that decide which model runs; the form shows one of the ways. */
const MODEL_WAYS = {
  catalogue: ["modelId"],
  config: ["modelConfig"],
  size: ["modelType", "modelSize", "architectureType"],
};

/** A change of one argument by the person. */
function change(name, value) {
  assign(name, value);
  configurationChanged();
}

/** Makes the control of an argument. show() brings it up to date. */
function control(argument) {
  const { name } = argument;
  const id = freshId(name);
  const label = labelOf(name);
  const make = { boolean: switchFor, integer: numberFor, number: numberFor, array: argument.choices ? chipsFor : textFor, object: objectFor };
  let kind = make[argument.type] ?? (argument.choices ? selectFor : textFor);
  if (name === "modelId" || name === "targetGpu") kind = pickerFor;
  const entry = kind(argument, id, label);
  const reset = button("↺", () => change(name, undefined), { class: "button quiet square reset", hidden: true });
  const notes = el("div", { class: "notes", id: `${id}-notes`, "aria-live": "polite" });
  const text = el("p", { class: "hidden", id: `${id}-about`, text: argument.description });
  const about = el("button", { type: "button", class: "about", title: argument.description, "aria-label": t("about", label), "aria-expanded": "false", "aria-controls": text.id, text: "?", on: { click: () => {
    const closed = text.classList.toggle("hidden");
    text.classList.toggle("about-text", !closed);
    about.setAttribute("aria-expanded", String(!closed));
  } } });
  const head = el("div", { class: "control-head" },
    entry.group ? el("span", { class: "label", id: `${id}-label`, text: label }) : el("label", { class: "label", for: id, text: label }),
    argument.unit ? el("span", { class: "unit", text: unitOf(argument.unit) }) : null, about,
    el("span", { class: "spacer" }), reset);
  const node = el("div", { class: `control ${entry.inline ? "inline" : ""}`, data: { argument: name } },
    head, entry.node, text, notes);
  return {
    name, argument, node, notes,
    matches: (text) => fold(label + name + argument.description).includes(fold(text)),
    show() {
      const given = state.args[name];
      const otherwise = assumed(name);
      node.classList.toggle("given", given !== undefined);
      reset.hidden = given === undefined || MODEL_WAYS.size.concat("modelId").includes(name);
      const back = otherwise !== undefined && given === undefined ? written(otherwise) : argument.default ?? t("default");
      reset.setAttribute("aria-label", `${label}: ${t("reset", back)}`);
      reset.title = t("reset", back);
      entry.show(given, otherwise);
    },
  };
}

/** What a control says while nothing is given. */
const otherwiseText = (argument, otherwise) =>
  otherwise !== undefined ? written(otherwise) : argumentsOf(state.mode).some((a) => a.name === argument.default) ? labelOf(argument.default) : argument.default ?? "";

function numberFor(argument, id, label) {
  const input = el("input", { id, type: "text", inputmode: argument.type === "integer" ? "numeric" : "decimal", autocomplete: "off", "aria-describedby": `${id}-about ${id}-notes` });
  const read = () => {
    const text = input.value.trim().replace(/[, _]/g, "");
    return text === "" ? undefined : Number.isNaN(Number(text)) ? text : Number(text);
  };
  input.addEventListener("input", () => change(argument.name, read()));
  input.addEventListener("keydown", (e) => {
    const by = { ArrowUp: 1, ArrowDown: -1 }[e.key];
    if (!by || argument.type !== "integer") return;
    e.preventDefault();
    const now = read() ?? Number(assumed(argument.name) ?? 0);
    input.value = String(Math.max(argument.valid?.minimum ?? 0, now + by));
    change(argument.name, Number(input.value));
  });
  const slide = slider(argument, label, (value) => {
    input.value = String(value);
    change(argument.name, value);
  });
  return {
    node: el("div", { class: "number" }, input, slide.node),
    show(given, otherwise) {
      if (document.activeElement !== input || read() !== given) input.value = given === undefined ? "" : String(given);
      input.placeholder = otherwiseText(argument, otherwise);
      input.title = given === undefined ? input.placeholder : "";
      const value = given ?? otherwise ?? Number.parseFloat(argument.default);
      slide.show(typeof value === "string" ? Number(value) : value, kindNow());
    },
  };
}

function switchFor(argument, id) {
  const input = el("input", { id, type: "checkbox", role: "switch", class: "switch", "aria-describedby": `${id}-about ${id}-notes`,
    on: { change: () => change(argument.name, input.checked) } });
  return {
    node: input,
    inline: true,
    show(given, otherwise) {
      input.checked = given ?? otherwise ?? (argument.default ?? "").startsWith("true");
    },
  };
}

function selectFor(argument, id) {
  const first = el("option", { value: "" });
  const input = el("select", { id, "aria-describedby": `${id}-about ${id}-notes`, on: { change: () => change(argument.name, input.value || undefined) } },
    first, argument.choices.map((c) => el("option", { value: c, text: c })));
  return {
    node: input,
    show(given, otherwise) {
      const text = otherwiseText(argument, otherwise);
      first.textContent = text.length > 28 ? t("default") : text ? `${t("default")}: ${text}` : t("choose");
      if (given !== undefined && ![...input.options].some((o) => o.value === given)) input.append(el("option", { value: given, text: given }));
      input.value = given ?? "";
    },
  };
}

function chipsFor(argument, id, label) {
  const boxes = argument.choices.map((c) => el("input", { type: "checkbox", value: c, on: {
    change: () => change(argument.name, boxes.filter((b) => b.checked).map((b) => b.value)),
  } }));
  return {
    node: el("div", { id, class: "chips", role: "group", "aria-labelledby": `${id}-label`, "aria-describedby": `${id}-about ${id}-notes` },
      boxes.map((b) => el("label", { class: "chip" }, b, el("span", { text: b.value })))),
    group: true,
    show(given) {
      const on = given ?? [];
      boxes.forEach((b) => { b.checked = on.includes(b.value); });
    },
  };
}

function textFor(argument, id) {
  const list = argument.type === "array";
  const read = () => {
    const text = input.value.trim();
    if (!list || !text) return text || undefined;
    return text.split(",").map((s) => s.trim()).filter(Boolean).map((s) => (/^\d+$/.test(s) ? Number(s) : s));
  };
  const input = el("input", { id, type: "text", autocomplete: "off", spellcheck: "false", title: list ? t("separated") : null,
    "aria-describedby": `${id}-about ${id}-notes`, on: { input: () => change(argument.name, read()) } });
  return {
    node: input,
    show(given, otherwise) {
      if (document.activeElement !== input) input.value = given === undefined ? "" : written(given);
      input.placeholder = otherwiseText(argument, otherwise);
    },
  };
}

function objectFor(argument, id) {
  const input = el("textarea", { id, rows: argument.name === "modelConfig" ? "8" : "3", spellcheck: "false", autocomplete: "off",
    "aria-describedby": `${id}-about ${id}-notes`, on: { input: () => change(argument.name, input.value.trim() ? parsed(input.value) : undefined) } });
  return {
    node: input,
    show(given) {
      input.placeholder = argument.name === "modelConfig" ? `${t("model.paste")}: { "model_type": … }` : '{ "…": … }';
      if (document.activeElement === input) return;
      input.value = given === undefined ? "" : typeof given === "string" ? given : JSON.stringify(given, null, 2);
    },
  };
}

function pickerFor(argument, id) {
  const model = argument.name === "modelId";
  const p = picker({
    id, rows: model ? modelRows : gpuRows, describedBy: `${id}-about ${id}-notes`,
    placeholder: model ? t("model.search", modelRows().length) : t("gpu.search", GPUS.length),
    onPick: (value) => change(argument.name, value),
  });
  return { node: p.node, show: (given) => p.show(given) };
}
