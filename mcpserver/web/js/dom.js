// Small helpers over the document. Styles are set through properties of the
// style object, which the content security policy allows; never as attributes.

/** Makes an element. Keys of props: class, text, on, data, vars, or an attribute. */
function el(tag, props = {}, ...children) {
  return fill(document.createElement(tag), props, children);
}

/** Makes an element of an SVG drawing. */
function svg(tag, props = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), props, children);
}

function fill(node, props, children) {
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "class") node.setAttribute("class", value);
    else if (key === "text") node.textContent = value;
    else if (key === "on") for (const [type, f] of Object.entries(value)) node.addEventListener(type, f);
    else if (key === "data") Object.assign(node.dataset, value);
    else if (key === "vars") for (const [name, v] of Object.entries(value)) node.style.setProperty(name, v);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat().filter((c) => c !== null && c !== undefined && c !== false));
  return node;
}

const byId = (id) => document.getElementById(id);

/** Calls f once, when no further call comes for so many milliseconds. */
function settled(wait, f) {
  let timer = 0;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => f(...args), wait);
  };
}

let lastId = 0;

/** A fresh id for labels and descriptions. */
const freshId = (word) => `${word}-${++lastId}`;

/** A button with words; further properties as for el. */
function button(words, onClick, props = {}) {
  return el("button", { type: "button", class: "button", on: { click: onClick }, text: words, ...props });
}

/** A row of buttons of which one is chosen: a radio group of the keyboard. */
function segments(label, options, chosen, onChoose, extra = "") {
  const group = el("div", { class: `segments ${extra}`, role: "radiogroup", "aria-label": label });
  const move = (by) => {
    const at = options.findIndex((o) => o.value === chosen);
    const next = (at + by + options.length) % options.length;
    onChoose(options[next].value);
    const again = group.isConnected ? group : document.querySelector(`[role=radiogroup][aria-label="${CSS.escape(label)}"]`);
    again?.children[next]?.focus();
  };
  const keys = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
  for (const o of options) {
    const on = o.value === chosen;
    group.append(el("button", {
      type: "button", role: "radio", "aria-checked": String(on), tabindex: on ? "0" : "-1", text: o.text, data: { value: o.value },
      on: {
        click: () => onChoose(o.value),
        keydown: (e) => {
          if (!(e.key in keys)) return;
          e.preventDefault();
          move(keys[e.key]);
        },
      },
    }));
  }
  return group;
}

/** Says something briefly at the edge of the page, with an action if given. */
function toast(words, action) {
  const node = el("div", { class: "toast" }, el("span", { text: words }));
  if (action) node.append(button(action.words, () => { node.remove(); action.run(); }, { class: "button quiet" }));
  byId("toasts").replaceChildren(node);
  setTimeout(() => node.remove(), 8000);
}

/** Opens a modal dialog; closing removes it. */
function dialog(title, ...content) {
  const heading = freshId("title");
  const box = el("dialog", { class: "dialog", "aria-labelledby": heading },
    el("div", { class: "dialog-head" },
      el("h2", { id: heading, text: title }),
      button("✕", () => box.close(), { class: "button quiet square", "aria-label": t("close") })),
    ...content);
  box.addEventListener("close", () => box.remove());
  box.addEventListener("click", (e) => { if (e.target === box) box.close(); });
  document.body.append(box);
  box.showModal();
  return box;
}
