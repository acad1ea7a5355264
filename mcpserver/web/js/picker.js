// A combobox with search, after the ARIA pattern: type to narrow, arrows to
// move, Enter to take; a name that is not listed is taken as it is.

const MOST_SHOWN = 60;

/**
 * Makes a picker. rows() gives what can be picked: {value, name, note, keys};
 * onPick gets the value, or undefined when the text is cleared.
 */
function picker({ id, placeholder, rows, onPick, describedBy }) {
  const list = el("ul", { class: "picker-list", role: "listbox", id: `${id}-list`, hidden: true, "aria-label": placeholder });
  const input = el("input", {
    id, type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", placeholder,
    "aria-expanded": "false", "aria-controls": `${id}-list`, "aria-autocomplete": "list", "aria-describedby": describedBy,
  });
  let found = [];
  let at = -1;
  let shown = ""; // the text of the value that is picked

  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const mark = (next) => {
    at = next;
    [...list.querySelectorAll("[role=option]")].forEach((node, i) => {
      node.setAttribute("aria-selected", String(i === at));
      if (i === at) node.scrollIntoView({ block: "nearest" });
    });
    if (at >= 0) input.setAttribute("aria-activedescendant", `${id}-${at}`);
    else input.removeAttribute("aria-activedescendant");
  };
  const take = (row) => {
    shown = row.name;
    input.value = row.name;
    close();
    onPick(row.value);
  };
  const search = (text) => {
    const words = text.toLowerCase().split(/\s+/).map(fold).filter(Boolean);
    const all = rows();
    found = all.filter((r) => words.every((w) => r.keys.includes(w)));
    const key = fold(text);
    if (key) found.sort((a, b) => b.keys.startsWith(key) - a.keys.startsWith(key));
    const more = found.length - MOST_SHOWN;
    found = found.slice(0, MOST_SHOWN);
    list.replaceChildren(
      ...found.map((r, i) => el("li", {
        id: `${id}-${i}`, role: "option", "aria-selected": "false",
        on: { mousedown: (e) => e.preventDefault(), click: () => take(r) },
      }, el("span", { class: "picker-name", text: r.name }), el("span", { class: "picker-note", text: r.note }))),
      ...(found.length === 0 ? [el("li", { class: "picker-rest", role: "presentation", text: t("pick.none") })] : []),
      ...(more > 0 ? [el("li", { class: "picker-rest", role: "presentation", text: t("pick.more", more) })] : []),
    );
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    mark(text && found.length ? 0 : -1);
  };
  const leave = () => {
    close();
    const text = input.value.trim();
    if (text === shown) return;
    const exact = rows().find((r) => r.value === text || r.name === text);
    shown = text;
    onPick(exact ? exact.value : text || undefined);
  };
  input.addEventListener("focus", () => input.select());
  input.addEventListener("click", () => search(""));
  input.addEventListener("input", () => search(input.value));
  input.addEventListener("blur", leave);
  input.addEventListener("keydown", (e) => {
    if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      e.preventDefault();
      if (list.hidden) search("");
      else mark((at + (e.key === "ArrowDown" ? 1 : -1) + found.length) % Math.max(1, found.length));
    } else if (e.key === "Enter") {
      e.preventDefault();
      if (!list.hidden && at >= 0) take(found[at]);
      else leave();
    } else if (e.key === "Escape") {
      input.value = shown;
      close();
    }
  });
  return {
    node: el("div", { class: "picker" }, input, list),
    input,
    show(value) {
      if (document.activeElement === input) return;
      shown = rows().find((r) => r.value === value)?.name ?? value ?? "";
      input.value = shown;
    },
  };
}

/** The models that a mode takes, for a picker. */
function modelRows() {
  const { kinds } = state.mode;
  return MODELS.filter((m) => kinds.includes(m.modelType) && m.disclosed).map((m) => ({
    value: m.id,
    name: m.name,
    note: [m.parameters ? short(m.parameters) : "", m.architectureType, kinds.length > 1 ? t(`model.kind.${m.modelType}`) : ""].filter(Boolean).join(" · "),
    keys: [m.id, m.name, m.huggingFaceId ?? "", m.architectureType].map(fold).join(" "),
  }));
}

/** The GPUs, for a picker. */
function gpuRows() {
  return GPUS.map((g) => ({
    value: g.id,
    name: g.name,
    note: [size(g.vramBytes), g.hourlyUsd ? t("perHour", usd(g.hourlyUsd)) : ""].filter(Boolean).join(" · "),
    keys: [g.id, g.name, g.vendor, g.segment, g.architecture].map(fold).join(" "),
  }));
}
