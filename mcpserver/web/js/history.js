// The last configurations that were calculated, kept in this browser where it
// lets the page keep anything.

const MOST_PAST = 30;

/** Remembers the configuration once it has stood for a while. */
const remember = settled(2500, () => {
  if (inHost || !state.answer) return;
  const here = address();
  const past = store.read("history", []).filter((h) => h.address !== here);
  past.unshift({ address: here, name: runName(), bytes: state.answer.estimate.totalBytes, at: Date.now() });
  store.write("history", past.slice(0, MOST_PAST));
});

function openHistory() {
  const past = store.read("history", []);
  const box = dialog(t("history"),
    past.length === 0 ? el("p", { class: "empty", text: t("history.none") }) : el("ul", { class: "history" }, past.map((h) => el("li", {},
      el("a", { href: h.address, on: { click: () => box.close() } }, el("span", { text: h.name }),
        el("span", { class: "history-more", text: `${size(h.bytes)} · ${new Date(h.at).toLocaleString(language)}` }))))),
    past.length ? button(t("history.clear"), () => { store.write("history", []); box.close(); }, { class: "button quiet" }) : null);
}
