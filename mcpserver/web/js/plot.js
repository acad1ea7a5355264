// Memory against one size of the run, calculated point by point while one looks.

/** Arguments that a plot can run over, in the order of preference. */
const OVER = ["batchSize", "sequenceLength", "promptLength", "concurrentRequests", "imageResolution", "imagesPerSample", "inputImageSize", "completionLength", "numGenerations"];
const POINTS = 9;

const plot = { over: "", points: [], key: "", turn: 0 };

/** The arguments that this mode can be plotted over. */
function overs() {
  const rows = new Map(argumentsOf(state.mode).map((a) => [a.name, a]));
  const follows = (a) => a.name === "sequenceLength" && rows.has("promptLength") && !(a.name in state.args); // the sum of two others
  return OVER.map((name) => rows.get(name)).filter((a) => a && applies(a) && !follows(a) && valueOf(a) > 0);
}

/** The value of a numeric argument in the answer that is shown. */
const valueOf = (argument) => Number(state.args[argument.name] ?? assumed(argument.name) ?? Number.parseFloat(argument.default));

/** Whole values around now, from a quarter (or one) to eight times. */
function valuesAround(now, argument) {
  const low = Math.max(argument.valid?.minimum ?? 1, 1, now / 4);
  const high = Math.min(argument.valid?.maximum ?? Infinity, now * 8);
  const values = Array.from({ length: POINTS }, (_, i) => Math.round(low * (high / low) ** (i / (POINTS - 1))));
  return [...new Set([...values, now])].sort((a, b) => a - b);
}

function plotCard(answer) {
  const choices = overs();
  if (choices.length === 0) return null;
  if (!choices.some((a) => a.name === plot.over)) plot.over = choices[0].name;
  const choose = (name) => { plot.over = name; plot.key = ""; drawResults(); };
  const tabs = choices.length > 1
    ? segments(t("plot.over"), choices.slice(0, 4).map((a) => ({ value: a.name, text: labelOf(a.name) })), plot.over, choose, "light wrap")
    : el("p", { class: "plot-over", text: labelOf(plot.over) });
  const node = card("plot", t("plot"), t("plot.set"), tabs, el("div", { class: "plot", id: "plot" }));
  queueMicrotask(() => drawPlot(answer));
  return node;
}

/** Asks for the points that are not known yet, and draws as they come. */
const fillPlot = settled(350, async () => {
  const argument = overs().find((a) => a.name === plot.over);
  if (!argument || !state.whole || (inHost && !host.canCall())) return;
  const { args, mode } = state;
  const key = JSON.stringify([mode.path, plot.over, { ...args, [plot.over]: 0 }]);
  if (key !== plot.key) Object.assign(plot, { key, points: [] });
  const turn = ++plot.turn;
  for (const x of valuesAround(valueOf(argument), argument)) {
    if (plot.points.some((p) => p.x === x)) continue;
    const answer = await callTool(mode.tool, callArguments("brief", { ...args, [plot.over]: x })).catch(() => null);
    if (turn !== plot.turn || state.args !== args || !state.answer) return;
    plot.points.push({ x, bytes: answer?.estimate?.totalBytes ?? null });
    drawPlot(state.answer);
  }
});

const WIDE = 560;
const HIGH = 240;
const INSET = 12; // from the axis to the first point
const EDGE = { left: 52, right: 16, top: 16, bottom: 34 };

function drawPlot(answer) {
  const place = byId("plot");
  const argument = overs().find((a) => a.name === plot.over);
  if (!place || !argument) return;
  const now = valueOf(argument);
  const [least, most] = [Math.max(1, now / 4), now * 8]; // what is drawn, whatever else is known
  const known = plot.points.filter((p) => p.bytes !== null && p.x !== now && p.x >= least - 1 && p.x <= most);
  const points = [...known, { x: now, bytes: answer.estimate.totalBytes }].sort((a, b) => a.x - b.x);
  const usable = answer.target?.usableBytes;
  const largest = { batchSize: answer.target?.largestBatch, sequenceLength: answer.target?.largestSequence }[plot.over];
  const [low, high] = [Math.min(least, points[0].x), most];
  const top = Math.max(...points.map((p) => p.bytes), usable ?? 0) * 1.08;
  const across = (x) => EDGE.left + INSET + ((WIDE - EDGE.left - EDGE.right - 2 * INSET) * Math.log(x / low)) / Math.log(high / low);
  const up = (bytes) => HIGH - EDGE.bottom - ((HIGH - EDGE.top - EDGE.bottom) * bytes) / top;
  const name = labelOf(plot.over);
  const drawing = svg("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img", "aria-label": t("plot.table", name) });
  for (const g of gridOf(top)) {
    drawing.append(svg("line", { class: "grid-line", x1: EDGE.left, x2: WIDE - EDGE.right, y1: up(g), y2: up(g) }),
      svg("text", { class: "tick", x: EDGE.left - 8, y: up(g) + 4, "text-anchor": "end", text: g === 0 ? "0" : size(g).replace(/\.0 /, " ") }));
  }
  for (const x of ticksOf(low, high)) {
    drawing.append(svg("text", { class: "tick", x: across(x), y: HIGH - 12, "text-anchor": "middle", text: x < 10000 ? String(x) : short(x).replace(" ", "") }));
  }
  if (usable) {
    drawing.append(svg("line", { class: "capacity-line", x1: EDGE.left, x2: WIDE - EDGE.right, y1: up(usable), y2: up(usable) }));
  }
  drawing.append(svg("polyline", { class: "curve", points: points.map((p) => `${across(p.x).toFixed(1)},${up(p.bytes).toFixed(1)}`).join(" ") }));
  if (largest && usable && largest >= low && largest <= high) {
    drawing.append(svg("line", { class: "largest", x1: across(largest), x2: across(largest), y1: up(usable), y2: HIGH - EDGE.bottom }),
      svg("circle", { class: "largest-dot", cx: across(largest), cy: up(usable), r: 4 }));
  }
  for (const p of points) {
    const over = usable && p.bytes > usable ? "over" : "";
    const set = () => change(plot.over, p.x);
    drawing.append(svg("circle", { class: `dot ${over} ${p.x === now ? "now" : ""}`, cx: across(p.x), cy: up(p.bytes), r: p.x === now ? 6 : 4, on: { click: set } },
      svg("title", { text: `${name} ${written(p.x)}: ${size(p.bytes)}` })));
  }
  place.replaceChildren(drawing,
    el("p", { class: "plot-note" }, el("span", { text: `${t("plot.here", written(now))}: ${size(answer.estimate.totalBytes)}` }),
      largest ? button(t("plot.fits", written(largest)), () => change(plot.over, largest), { class: "button small" }) : null),
    el("div", { class: "hidden" }, plainTable([name, t("total")], points.map((p) => [written(p.x), size(p.bytes)]))));
}

/** Round sizes for the grid. */
function gridOf(top) {
  const rough = top / GIB / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough) * GIB;
  return Array.from({ length: Math.floor(top / step) + 1 }, (_, i) => i * step);
}

/** Powers of two between two numbers, at most seven. */
function ticksOf(low, high) {
  const from = Math.ceil(Math.log2(low));
  const all = Array.from({ length: Math.max(0, Math.floor(Math.log2(high)) - from + 1) }, (_, i) => 2 ** (from + i));
  return all.filter((_, i) => i % Math.ceil(all.length / 7) === 0);
}
