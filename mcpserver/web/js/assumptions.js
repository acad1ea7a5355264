// What the tool took where the person gave nothing.


let assumptionsOpen = false;

function assumptionCard(answer) {
  const list = answer.assumptions;
  if (!list?.length) return null;
  const box = el("details", { class: "more" },
    el("summary", { text: t("assumptions.show", list.length) }),
    table([t("argument"), t("value"), t("origin"), t("why")],
      list.map((a) => [labelOf(a.argument), written(a.value), word("origin", a.origin), a.why ?? ""])));
  box.open = assumptionsOpen;
  box.addEventListener("toggle", () => { assumptionsOpen = box.open; });
  return card("assumptions", t("assumptions"), t("assumptions.about"), box);
}
