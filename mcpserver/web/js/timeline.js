// The phases of a run side by side: what is on the card at the peak of each,
// and the line that the card ends at.

/** The phases in the order in which a run goes through them. */
const ORDER = ["load", "prefill", "decode", "rollout", "forward", "backward", "optimizer", "evaluation"];

function timeline(answer) {
  const { estimate: e, target } = answer;
  if (e.phases.length < 2) return null;
  const columns = e.phases.toSorted((a, b) => ORDER.indexOf(a.id) - ORDER.indexOf(b.id)).map((p) => ({ ...p, parts: partsOf(p, e, answer.comparison) }));
  const tallest = Math.max(target?.usableBytes ?? 0, e.totalBytes) * 1.06;
  const high = (bytes) => `${((100 * bytes) / tallest).toFixed(3)}%`;
  const id = freshId("phases");
  const chart = el("div", { class: "phases", role: "img", "aria-labelledby": id, vars: { "--n": String(columns.length) } },
    columns.map((p) => el("div", { class: `phase ${p.id === e.peakPhase ? "binding" : ""}` },
      el("div", { class: "phase-stack" }, p.parts.map((c) => el("span", { class: `part ${c.paint}`, vars: { "--h": high(c.bytes) }, title: `${c.label}: ${size(c.bytes)}` }))))));
  if (target) {
    chart.append(el("div", { class: "capacity", vars: { "--y": high(target.usableBytes) } },
      el("span", { text: t("capacity", targetName(target), size(target.usableBytes)) })));
  }
  const words = columns.map((p) => `${word("phase", p.id)} ${size(sumOf(p.parts))}`).join(", ");
  return card("phases", t("phases"), t("phases.about"),
    el("p", { class: "hidden", id, text: `${t("phases")}: ${words}. ${t("binding")}: ${word("phase", e.peakPhase)}.${target ? ` ${t("capacity", targetName(target), size(target.usableBytes))}.` : ""}` }),
    chart,
    el("div", { class: "phase-names", "aria-hidden": "true", vars: { "--n": String(columns.length) } },
      columns.map((p) => el("div", { class: p.id === e.peakPhase ? "binding" : "" },
        el("strong", { text: word("phase", p.id) }),
        el("span", { text: size(sumOf(p.parts)) }),
        p.id === e.peakPhase ? el("em", { text: t("binding") }) : null))));
}

const sumOf = (parts) => parts.reduce((n, p) => n + p.bytes, 0);

/**
 * What is on the card at the peak of a phase: the tensors by component, under
 * them what is there all the time. The binding phase is the answer's own list,
 * but where that is the documented closed forms, which have no phases.
 */
function partsOf(phase, e, guide) {
  const look = (c) => ({ ...c, paint: paintOf(c, e.components) });
  if (phase.id === e.peakPhase && !guide) return e.components.map(look);
  const standing = e.components.filter((c) => c.id === "reserved" || c.id === "communication").map(look);
  if (!phase.components) return [{ label: t("tensors"), bytes: phase.bytes, paint: "cat-plain" }, ...standing];
  const known = new Map(e.components.map((c) => [c.id, c]));
  const parts = phase.components.map((c) => ({ ...c, paint: known.has(c.id) ? paintOf(known.get(c.id), e.components) : `cat-${c.category} tone-3` }));
  return [...parts, ...standing];
}
