// What the tool took where the person gave nothing.

function assumptionCard(answer) {
  const list = answer.assumptions;
  if (!list?.length) return null;
  return card("assumptions", t("assumptions"), t("assumptions.about"),
    table([t("argument"), t("value"), t("origin"), t("why")],
      list.map((a) => [labelOf(a.argument), written(a.value), word("origin", a.origin), a.why ?? ""])));
}
