// Advice as buttons: each applies its patch and says what it was worth.

const FIRST_ADVICE = 5;
let adviceOpen = false;

function adviceCard(answer) {
  const list = answer.optimizations;
  if (!list) return null;
  const rest = list.slice(FIRST_ADVICE);
  const more = el("details", { class: "more after" }, el("summary", { text: t("advice.more", rest.length) }), el("ul", { class: "stack advice" }, rest.map(adviceItem)));
  more.open = adviceOpen;
  more.addEventListener("toggle", () => { adviceOpen = more.open; });
  return card("advice", t("advice"), t("advice.about"),
    list.length ? el("ul", { class: "stack advice" }, list.slice(0, FIRST_ADVICE).map(adviceItem)) : el("p", { class: "empty", text: t("advice.none") }),
    rest.length ? more : null);
}

function adviceItem(o) {
  const most = Math.max(o.before, o.after);
  const bar = (bytes, kind) => el("span", { class: `bar-line ${kind}` },
    el("span", { class: "bar-fill", vars: { "--w": `${(100 * bytes) / most}%` } }), el("span", { class: "bar-size", text: size(bytes) }));
  const e = o.effect ?? {};
  const effects = [
    e.hoursBefore != null && e.hoursAfter != null && e.hoursBefore !== e.hoursAfter ? t("effect", hours(e.hoursBefore), hours(e.hoursAfter)) : "",
    e.usdBefore != null && e.usdAfter != null && e.usdBefore !== e.usdAfter ? `${usd(e.usdBefore)} → ${usd(e.usdAfter)}` : "",
  ].filter(Boolean).join(" · ");
  return el("li", { class: `advice-item ${o.priority}`, data: { advice: o.id } },
    el("div", { class: "advice-head" },
      el("h3", { text: o.title }),
      el("span", { class: `pill priority ${o.priority}`, text: word("priority", o.priority) }),
      el("span", { class: "pill", text: word("category", o.category) })),
    el("p", { class: "advice-why", text: [o.reason, o.tradeoff].filter(Boolean).join("; ") }),
    o.before !== o.after ? el("div", { class: "bars" }, bar(o.before, "before"), bar(o.after, "after")) : null,
    effects ? el("p", { class: "advice-effect", text: effects }) : null,
    el("div", { class: "advice-foot" },
      el("code", { text: changeText(o.change) }),
      button(t("apply"), () => takeAdvice(o), { class: "button primary small", "aria-label": `${t("apply")}: ${o.title}`, data: { after: String(o.after) } })));
}

/** Applies advice and shows before and after. */
function takeAdvice(o) {
  patch(o.change, o.before === o.after ? o.title : `${o.title} · ${size(o.before)} → ${size(o.after)}`);
}
