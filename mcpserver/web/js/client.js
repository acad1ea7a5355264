// Calls of tools: over the plain form of the server that served the page, or
// through the host that shows it.

let bearer = "";

/** Calls a tool: its structured answer, refused or not. */
async function callTool(name, args) {
  if (inHost) {
    const result = await host.request("tools/call", { name, arguments: args });
    return structured(result);
  }
  const headers = { "Content-Type": "application/json" };
  if (bearer) headers.Authorization = `Bearer ${bearer}`;
  const response = await fetch("api/mcp/tools/call", { method: "POST", headers, body: JSON.stringify({ name, arguments: args }) });
  if (response.status === 401) {
    if (!(await askForToken())) throw new Error(t("token"));
    return callTool(name, args);
  }
  if (response.status !== 200 && response.status !== 422) throw new Error(`${response.status} ${(await response.text()).slice(0, 200)}`);
  return structured(await response.json());
}

/** The structured part of a result; hosts may hand over its text alone. */
function structured(result) {
  return result.structuredContent ?? JSON.parse(result.content.find((c) => c.type === "text").text);
}

let asking = null;

/** Asks once for the token of the server, which is kept until the page closes; false where none is given. */
function askForToken() {
  asking ??= new Promise((resolve) => {
    const id = freshId("token");
    const input = el("input", { type: "password", id, autocomplete: "off" });
    let given = false;
    const box = dialog(t("token"),
      el("form", { class: "stack", method: "dialog", on: { submit: () => {
        bearer = input.value.trim();
        given = bearer !== "";
      } } },
        el("label", { for: id, text: t("token.label") }), input,
        el("button", { class: "button primary", text: t("token.use") })));
    box.addEventListener("close", () => { asking = null; resolve(given); });
  });
  return asking;
}

/**
 * Calculates the configuration as it is: first the figures alone, which is
 * quick, then everything. A change while a call is under way is calculated
 * after it. An answer is shown unless a newer or fuller one is already there.
 */
const calculator = {
  turn: 0, // counts changes
  shown: 0, // the turn whose answer is shown
  quick: false, // a call for figures is under way
  again: false, // and another is wanted

  changed() {
    if (inHost && !host.canCall()) return;
    calculator.turn++;
    state.busy = true;
    showBusy();
    calculator.figures();
    calculator.everything();
  },

  async figures() {
    if (calculator.quick) {
      calculator.again = true;
      return;
    }
    calculator.quick = true;
    do {
      calculator.again = false;
      await calculator.ask("brief");
    } while (calculator.again);
    calculator.quick = false;
  },

  everything: settled(180, () => calculator.ask(inHost ? "standard" : "full")),

  async ask(detail) {
    const { turn } = calculator;
    const { mode } = state;
    const whole = detail !== "brief";
    let answer;
    try {
      answer = await callTool(mode.tool, callArguments(detail));
    } catch (error) {
      if (turn === calculator.turn) showProblem(t("offline", error.message));
      return;
    }
    if (mode !== state.mode || turn < calculator.shown || (whole && turn !== calculator.turn)) return;
    if (!whole && turn === calculator.shown && state.whole) return;
    calculator.shown = turn;
    showAnswer(answer, whole);
  },
};
