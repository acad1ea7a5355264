// What the tool found, next to the control that it speaks of: red errors,
// orange warnings, blue suggestions, each with its change as a button.

/** All findings of the last answer, worst first. */
function allFindings() {
  const v = state.validation;
  return v ? [...(v.errors ?? []), ...(v.warnings ?? []), ...(v.suggestions ?? [])] : [];
}

/** A finding as a note. */
function findingNote(finding) {
  const node = el("div", { class: `finding ${finding.severity}`, data: { finding: finding.id } },
    el("span", { class: "finding-kind", text: t(`severity.${finding.severity}`) }),
    el("span", { class: "finding-text" }, sentence(finding.message), finding.fix ? ` ${finding.fix}` : ""));
  if (finding.change) {
    node.append(button(changeText(finding.change), () => patch(finding.change, finding.message), { class: "button small" }));
  }
  return node;
}

const sentence = (text) => (/[.!?。]$/.test(text) ? text : `${text}${language === "zh" ? "。" : "."}`);

/** A patch in words: "LoRA rank 64". */
function changeText(change) {
  return Object.entries(change).map(([name, value]) => `${labelOf(name)} ${value === null ? t("default") : written(value)}`).join(", ");
}

/** Applies a patch of arguments, with a way back. */
function patch(change, title) {
  const before = state.args;
  for (const [name, value] of Object.entries(change)) assign(name, value ?? undefined);
  configurationChanged();
  toast(t("applied", title), { words: t("undo"), run: () => { state.args = before; configurationChanged(); } });
}

/** Puts the findings to their controls; those without one are left over. */
function placeFindings(controls) {
  const places = new Map(controls.map((c) => [c.name, c]));
  for (const c of controls) {
    c.notes.replaceChildren();
    c.node.classList.remove("error", "warning", "suggestion");
    c.node.querySelectorAll("[aria-invalid]").forEach((n) => n.removeAttribute("aria-invalid"));
  }
  return allFindings().filter((f) => {
    const there = (f.arguments ?? []).map((name) => places.get(name)).filter((c) => c && !c.node.hidden);
    const shown = there.slice(0, 1);
    for (const c of shown) {
      c.notes.append(findingNote(f));
      if (f.severity === "error") c.node.querySelector("input, select, textarea")?.setAttribute("aria-invalid", "true");
    }
    for (const c of there) c.node.classList.add(f.severity);
    return shown.length === 0;
  });
}
