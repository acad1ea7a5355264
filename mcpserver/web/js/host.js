// The page as an MCP App: JSON-RPC with the host over postMessage, after the
// extension io.modelcontextprotocol/ui, revision 2026-01-26.

const APP_PROTOCOL = "2026-01-26";
const inHost = window.parent !== window;

const host = {
  capabilities: {},
  modes: [], // of display that the host offers
  waiting: new Map(), // requests without an answer, by id
  nextId: 1,
  on: {}, // what the page does on a notification or request of the host

  send(message) {
    window.parent.postMessage({ jsonrpc: "2.0", ...message }, "*");
  },

  request(method, params) {
    const id = host.nextId++;
    host.send({ id, method, params });
    return new Promise((resolve, reject) => host.waiting.set(id, { resolve, reject }));
  },

  notify(method, params) {
    host.send({ method, params });
  },

  receive(message) {
    if (message?.jsonrpc !== "2.0") return;
    if (message.method) {
      const result = host.on[message.method]?.(message.params ?? {});
      if (message.id === undefined) return;
      if (message.method in host.on) host.send({ id: message.id, result: result ?? {} });
      else host.send({ id: message.id, error: { code: -32601, message: `no method ${message.method}` } });
      return;
    }
    const waiting = host.waiting.get(message.id);
    host.waiting.delete(message.id);
    if (message.error) waiting?.reject(new Error(message.error.message));
    else waiting?.resolve(message.result);
  },

  /** Introduces the page; the host then sends the call it stands for. */
  async connect() {
    window.addEventListener("message", (event) => {
      if (event.source === window.parent) host.receive(event.data);
    });
    host.on.ping = () => ({});
    host.on["ui/resource-teardown"] = () => ({});
    host.on["ui/notifications/host-context-changed"] = (context) => host.follow(context);
    const answer = await host.request("ui/initialize", {
      protocolVersion: APP_PROTOCOL,
      appInfo: { name: "vramcalc", version: DATA.version },
      appCapabilities: { availableDisplayModes: ["inline", "fullscreen"] },
    });
    host.capabilities = answer.hostCapabilities ?? {};
    host.follow(answer.hostContext ?? {});
    host.notify("ui/notifications/initialized", {});
    const report = () => {
      const { width, height } = document.documentElement.getBoundingClientRect();
      host.notify("ui/notifications/size-changed", { width: Math.ceil(width), height: Math.ceil(height) });
    };
    new ResizeObserver(report).observe(document.documentElement);
    return answer.hostContext?.toolInfo?.tool?.name;
  },

  /** Takes on the host's theme, language, and variables of style. */
  follow(context) {
    if (context.theme) showTheme(context.theme);
    for (const [name, value] of Object.entries(context.styles?.variables ?? {})) {
      if (name.startsWith("--") && value) document.documentElement.style.setProperty(name, value);
    }
    if (context.availableDisplayModes) host.modes = context.availableDisplayModes;
    if (context.displayMode) showMode(context.displayMode);
    const edges = context.safeAreaInsets;
    if (edges) document.body.style.padding = [edges.top, edges.right, edges.bottom, edges.left].map((n) => `${n}px`).join(" ");
    if (context.locale) {
      const wanted = context.locale.startsWith("zh") ? "zh" : "en";
      if (wanted !== language) showLanguage(wanted);
    }
  },

  canCall: () => "serverTools" in host.capabilities,

  /** Asks for another size; the host says which it gives. */
  async display(mode) {
    const answer = await host.request("ui/request-display-mode", { mode }).catch(() => null);
    if (answer) showMode(answer.mode);
  },

  /** Tells the model what the person has changed. */
  tell(tool, args, answer) {
    if (!("updateModelContext" in host.capabilities)) return;
    const content = [{ type: "text", text: `The user now looks at ${tool} with ${JSON.stringify(args)}. ${answer.summary}` }];
    host.request("ui/update-model-context", { content }).catch(() => {});
  },
};
