// Sliders over the usual range of an argument, on a log scale where that helps.

const STEPS = 1000;
const WIDEST_LINEAR = 1000; // a linear slider over more says nothing

/** The range of an argument's slider for a type of model, null for none. */
function rangeOf(argument, kind) {
  const usual = argument.usual?.find((u) => u.modelType === kind) ?? argument.usual?.find((u) => !u.modelType);
  if (usual) return { low: usual.low, high: usual.high, zero: usual.zero };
  const { minimum, maximum } = argument.valid ?? {};
  if (minimum === undefined || maximum === undefined) return null;
  if (argument.scale !== "log" && maximum - minimum > WIDEST_LINEAR) return null;
  return { low: minimum, high: maximum };
}

/** Maps positions of a slider, 0 to STEPS, to values and back. */
function scaleOf(argument, range) {
  const whole = argument.type === "integer";
  const log = argument.scale === "log" && range.low > 0;
  const { low, high } = range;
  return {
    value(position) {
      const p = position / STEPS;
      const raw = log ? low * (high / low) ** p : low + (high - low) * p;
      if (position >= STEPS) return high;
      if (position <= 0) return low;
      return whole ? Math.max(low, Math.min(high, wholeNear(raw, log))) : Number(raw.toPrecision(log ? 1 : 2));
    },
    position(value) {
      const v = Math.max(low, Math.min(high, value));
      return Math.round(STEPS * (log ? Math.log(v / low) / Math.log(high / low) : (v - low) / (high - low)));
    },
  };
}

/** A whole number as people choose it: on a log scale eighths of a power of two. */
function wholeNear(x, log) {
  if (!log || x < 16) return Math.round(x);
  const eighth = 2 ** (Math.floor(Math.log2(x)) - 3);
  return Math.round(x / eighth) * eighth;
}

/** A slider with its own small interface, or null where no range is known. */
function slider(argument, label, onSlide) {
  const node = el("input", { type: "range", min: "0", max: String(STEPS), step: "1", "aria-label": label, class: "slider" });
  let scale = null;
  node.addEventListener("input", () => onSlide(scale.value(Number(node.value))));
  node.addEventListener("keydown", (e) => {
    const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 5, PageDown: -5 }[e.key];
    if (!by) return;
    e.preventDefault();
    const before = scale.value(Number(node.value));
    let position = Number(node.value);
    do position += by;
    while (position > 0 && position < STEPS && scale.value(position) === before);
    node.value = String(Math.max(0, Math.min(STEPS, position)));
    onSlide(scale.value(Number(node.value)));
  });
  return {
    node,
    show(value, kind) {
      const range = rangeOf(argument, kind);
      node.hidden = !range || range.low >= range.high;
      if (node.hidden) return;
      scale = scaleOf(argument, range);
      const known = typeof value === "number" && Number.isFinite(value);
      if (document.activeElement !== node || !known || scale.value(Number(node.value)) !== value) {
        node.value = String(known ? scale.position(value) : 0);
      }
      node.style.setProperty("--at", `${(100 * Number(node.value)) / STEPS}%`);
      node.setAttribute("aria-valuetext", known ? written(value) : t("default"));
    },
  };
}
