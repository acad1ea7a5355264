// What the memory is for, at the peak. A line opens to its formula.

const opened = new Set(); // components whose formula is open

function breakdown(answer) {
  const { components } = answer.estimate;
  const most = Math.max(...components.map((c) => c.bytes));
  return card("breakdown", t("breakdown"), t("breakdown.about"),
    el("div", { class: "lines" }, components.map((c) => {
      const line = el("details", { class: "line", data: { component: c.id } },
        el("summary", {},
          el("span", { class: `swatch ${paintOf(c, components)}` }),
          el("span", { class: "line-name", text: c.label }),
          el("span", { class: "line-bar" }, el("span", { class: `part ${paintOf(c, components)}`, vars: { "--w": `${(100 * c.bytes) / most}%` } })),
          el("span", { class: "line-size", text: size(c.bytes) }),
          el("span", { class: "line-share", text: `${c.percent.toFixed(c.percent < 10 ? 1 : 0)} %` })),
        formulaBox(c));
      line.open = opened.has(c.id);
      line.addEventListener("toggle", () => (line.open ? opened.add(c.id) : opened.delete(c.id)));
      return line;
    })),
    answer.comparison ? comparison(answer) : null,
    answer.estimate.tensors ? tensorBox(answer.estimate.tensors) : null);
}

/** The closed form of a component with the values of its symbols. */
function formulaBox(c) {
  return el("div", { class: "formula" },
    c.formula ? el("code", { class: "formula-text", text: `${c.formula} = ${c.bytes.toLocaleString("en-US")}` }) : el("p", { text: t("formula.none") }),
    c.values ? el("p", { class: "formula-values", text: Object.entries(c.values).map(([s, v]) => `${s} = ${v.toLocaleString("en-US")}`).join("   ") }) : null,
    c.note ? el("p", { text: c.note }) : null);
}

/** The documented closed forms beside the architecture's. */
function comparison({ comparison: rows, estimate: e }) {
  const named = [...e.components, ...e.phases.flatMap((p) => p.components ?? [])];
  const name = (id) => named.find((c) => c.id === id)?.label ?? labelOf(id);
  return el("div", { class: "after" }, el("h3", { text: t("guide") }),
    table([t("label"), t("guide.guide"), t("guide.architecture"), t("why")],
      rows.map((r) => [name(r.component), size(r.guideBytes ?? 0), size(r.architectureBytes ?? 0), r.why])));
}

const MOST_TENSORS = 30;

function tensorBox(tensors) {
  return el("details", { class: "after more" }, el("summary", { text: t("tensors.total") }),
    table([t("label"), t("shape"), t("count"), t("bytes")],
      tensors.slice(0, MOST_TENSORS).map((x) => [x.label, `${x.shape} ${x.dtype}`, written(x.count), size(x.bytes)])));
}

/** A table that scrolls by itself where it is too wide. */
function table(heads, rows) {
  return el("div", { class: "table", tabindex: "0", role: "region", "aria-label": heads.join(", ") }, plainTable(heads, rows));
}

function plainTable(heads, rows) {
  return el("table", {},
    el("thead", {}, el("tr", {}, heads.map((h) => el("th", { scope: "col", text: h })))),
    el("tbody", {}, rows.map((r) => el("tr", {}, r.map((c) => el("td", { text: String(c) }))))));
}
