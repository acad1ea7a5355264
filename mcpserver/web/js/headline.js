// The answer at a glance: the total, its range, whether it fits, and what
// decides it. Every figure is the tool's.

/** The name of the target GPU for people. */
function targetName(target) {
  if (!target) return "";
  const name = findGpu(target.gpu)?.name ?? target.gpu ?? t("card");
  return target.count > 1 ? `${target.count} × ${name}` : name;
}

function headline(answer) {
  const { estimate: e, target } = answer;
  const fits = target?.fits ?? "unknown";
  return el("section", { class: `card headline fits-${fits}`, "aria-label": t("result") },
    el("div", { class: "headline-top" },
      el("div", { class: "total" },
        el("p", { class: "eyebrow", text: t("needs") }),
        el("p", { class: "figure", id: "total", data: { bytes: String(e.totalBytes) } }, ...figure(e.totalBytes)),
        el("p", { class: "range", text: t("range", size(e.lowBytes), size(e.highBytes)) })),
      el("div", { class: "verdict" },
        el("span", { class: "pill verdict-pill", id: "verdict", text: t(`fits.${fits}`) }),
        el("p", { class: "verdict-note", text: target ? `${targetName(target)} · ${target.headroomBytes >= 0 ? t("spare", size(target.headroomBytes)) : t("over", size(-target.headroomBytes))}` : t("fits.choose") }))),
    meter(e, target),
    el("p", { class: "summary", id: "summary", text: answer.summary }),
    factList(facts(answer), "facts"),
    el("div", { class: "headline-actions" },
      button(t("compare.add"), pinRun, { class: "button" }),
      button(t("share"), openShare, { class: "button quiet", "aria-haspopup": "dialog" })));
}

/** The large figure, its unit apart. */
function figure(bytes) {
  const [n, unit] = size(bytes).split(" ");
  return [el("span", { class: "figure-n", text: n }), el("span", { class: "figure-unit", text: ` ${unit}` })];
}

/** The total against the card, stacked by what it is for. */
function meter(e, target) {
  const whole = Math.max(e.totalBytes, target?.usableBytes ?? 0) * 1.02;
  const share = (bytes) => `${((100 * bytes) / whole).toFixed(3)}%`;
  const node = el("div", { class: "meter", "aria-hidden": "true" },
    el("div", { class: "meter-fill" }, e.components.map((c) => el("span", { class: `part ${paintOf(c, e.components)}`, vars: { "--w": share(c.bytes) }, title: `${c.label}: ${size(c.bytes)}` }))));
  if (target) node.append(el("span", { class: "meter-line", vars: { "--x": share(target.usableBytes) } }));
  return el("div", { class: "meter-box" }, node, target ? el("p", { class: "meter-note" },
    el("span", { text: `${percent(target.utilization)} · ${word("level", target.level)}` }),
    el("span", { text: t("usable", size(target.usableBytes)) })) : null);
}

/** The colours of a component: its category's, lighter for each further one. */
function paintOf(component, all) {
  const same = all.filter((c) => c.category === component.category);
  return `cat-${component.category} tone-${Math.min(4, same.findIndex((c) => c.id === component.id))}`;
}

/** Names and values; a third entry is a smaller addition. */
function factList(rows, kind) {
  return el("dl", { class: kind }, rows.map(([name, value, more]) => el("div", {},
    el("dt", { text: name }), el("dd", {}, value, more ? el("small", { text: ` ${more}` }) : null))));
}

function facts({ estimate: e, target }) {
  const p = e.parameters;
  return [
    [t("peak"), word("phase", e.peakPhase)],
    [t("parameters"), short(p.total)],
    p.trainable && p.trainable < p.total ? [t("trainable"), short(p.trainable), `${trim(((100 * p.trainable) / p.total).toPrecision(2))} %`] : null,
    p.activePerToken < p.total ? [t("active"), short(p.activePerToken)] : null,
    [t("weights"), size(e.weightBytes)],
    [t("reserved"), size(e.peakReservedBytes)],
    e.hostBytes ? [t("host"), size(e.hostBytes)] : null,
    target?.largestBatch ? [t("largestBatch"), written(target.largestBatch)] : null,
    target?.largestSequence ? [t("largestSequence"), written(target.largestSequence)] : null,
  ].filter(Boolean);
}
