// The configuration and its answer to take along, in the form that is wanted.

/** The call without what only the page wants. */
const plainArguments = () => callArguments("");

const FORMS = {
  link: () => `${location.origin}${location.pathname}${address()}`,
  curl: () => {
    const body = JSON.stringify({ name: state.mode.tool, arguments: plainArguments() }).replaceAll("'", "'\\''");
    return `curl -s ${location.origin}/api/mcp/tools/call -H 'Content-Type: application/json'${bearer ? ' -H "Authorization: Bearer $TOKEN"' : ""} -d '${body}'`;
  },
  mcp: () => JSON.stringify({ method: "tools/call", params: { name: state.mode.tool, arguments: plainArguments() } }, null, 2),
  json: () => JSON.stringify(state.answer, null, 2),
  markdown,
};

/** The answer as a note with tables. */
function markdown() {
  const { answer } = state;
  const e = answer.estimate;
  const row = (...cells) => `| ${cells.map((c) => String(c).replaceAll("|", "\\|")).join(" | ")} |`;
  return [
    `## ${runName()}`, "", answer.summary, "",
    row(t("breakdown"), "GiB", "%"), row("---", "---:", "---:"),
    ...e.components.map((c) => row(c.label, c.gib, c.percent)),
    row(`**${t("total")}**`, `**${e.totalGiB}**`, ""), "",
    row(t("argument"), t("value")), row("---", "---"),
    ...Object.entries(plainArguments()).map(([name, value]) => row(`\`${name}\``, written(value))), "",
  ].join("\n");
}

function openShare() {
  const text = el("textarea", { class: "share-text", rows: "10", readonly: true, spellcheck: "false", "aria-label": t("share") });
  let kind = inHost ? "mcp" : "link";
  const choices = el("div", { class: "share-kinds" });
  const show = (next) => {
    kind = next;
    text.value = FORMS[kind]();
    choices.replaceChildren(segments(t("share"), Object.keys(FORMS).filter((f) => !inHost || (f !== "link" && f !== "curl")).map((f) => ({ value: f, text: t(`share.${f}`) })), kind, show, "light wrap"));
  };
  show(kind);
  dialog(t("share"), choices, text, button(t("copy"), () => copy(text, t(`share.${kind}`)), { class: "button primary", id: "copy" }));
}

/** Copies the text of a box; where the clipboard is closed, it stays selected. */
async function copy(box, what) {
  box.select();
  try {
    await navigator.clipboard.writeText(box.value);
  } catch {
    if (!document.execCommand("copy")) return;
  }
  toast(t("copied", what));
}
